using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

internal sealed record AgentTick
{
    public static readonly AgentTick Instance = new();
}

/// <summary>Stop offering; drain what runs. Answered with <see cref="AgentDrained"/> when nothing runs here any more.</summary>
internal sealed record AgentDrain
{
    public static readonly AgentDrain Instance = new();
}

internal sealed record AgentDrained
{
    public static readonly AgentDrained Instance = new();
}

/// <summary>Stop what runs at once.</summary>
internal sealed record AgentAbort
{
    public static readonly AgentAbort Instance = new();
}

/// <summary>What became of an offer: the answer, or null when none came.</summary>
internal sealed record OfferAnswered(MachineAnswer<OwnerState>? Answer, string? Failure);

internal sealed record RunEnded(RunSummary? Summary, Exception? Failure);

internal sealed record ReleaseAnswered(bool Accepted);
