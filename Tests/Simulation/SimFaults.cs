namespace AkkaPrivacy.Tests.Simulation;

/// <summary>What may go wrong.</summary>
public enum SimFault
{
    None,
    StoreBefore,
    StoreInside,
    StoreAfter,
    Source,
    Stage,
    Sink,
    Shutdown,
    Abort,
    Pause,
    PauseThenShutdown,

    /// <summary>Between a barrier and its commit, which the store never sees.</summary>
    CommitLost,

    /// <summary>At a read between a barrier and its commit; the commit still comes about.</summary>
    BeforeCommit,

    /// <summary>At a read between a commit and the next barrier.</summary>
    AfterCommit,
}

/// <summary>One fault that strikes at its n-th chance.</summary>
public sealed class SimFaults(SimFault fault, int chances)
{
    public static readonly int Count = Enum.GetValues<SimFault>().Length;

    private int _left = chances;
    private int _lost;

    public SimFault Fault { get; } = fault;

    public bool Strikes(SimFault chance) => chance == Fault && Interlocked.Decrement(ref _left) == 0;

    /// <summary>The next transaction does not reach the store.</summary>
    public void LoseTransaction() => Volatile.Write(ref _lost, 1);

    public bool TakeLost() => Interlocked.Exchange(ref _lost, 0) == 1;
}
