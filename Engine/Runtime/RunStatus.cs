namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What a run is doing, why, and since when. Written by the run, read by anyone.</summary>
internal sealed class RunStatus(TimeProvider time)
{
    public const string Running = "running";

    private volatile Entry _now = new(Running, string.Empty, time.GetUtcNow());

    public string State => _now.State;

    public Entry Now => _now;

    public void Set(string state, string reason = "") => _now = new Entry(state, reason, time.GetUtcNow());

    internal sealed record Entry(string State, string Reason, DateTimeOffset Since);
}
