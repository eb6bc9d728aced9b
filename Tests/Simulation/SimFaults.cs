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
}

/// <summary>One fault that strikes at its n-th chance.</summary>
public sealed class SimFaults(SimFault fault, int chances)
{
    private int _left = chances;

    public SimFault Fault { get; } = fault;

    public bool Strikes(SimFault chance) => chance == Fault && Interlocked.Decrement(ref _left) == 0;
}
