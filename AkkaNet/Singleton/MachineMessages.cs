namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>A command on its way to a machine.</summary>
internal sealed record MachineCommand(string Machine, int Version, byte[] Json);

/// <summary>An event of a machine, as the journal keeps it.</summary>
internal sealed record MachineEvent(string Machine, int Version, byte[] Json);

/// <summary>A state of a machine: in the snapshot store, and in replies.</summary>
internal sealed record MachineSnapshot(string Machine, int Version, byte[] Json);

/// <summary>The answer to a command: why it was refused, or null, and the state after it.</summary>
internal sealed record MachineReply(string? Rejection, MachineSnapshot State);

/// <summary>Ends a machine on this node, so that it may start on another; sent by the singleton's manager.</summary>
internal sealed class MachineHandOver
{
    public static readonly MachineHandOver Instance = new();
}
