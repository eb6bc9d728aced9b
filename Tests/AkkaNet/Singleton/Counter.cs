using AkkaPrivacy.AkkaNet.Singleton;

namespace AkkaPrivacy.Tests.AkkaNet.Singleton;

/// <summary>Adds numbers; 13 throws while it is decided on, 14 throws while it evolves, 0 is nothing, negative is refused.</summary>
internal sealed class Counter : IStateMachine<Counter.Sum, Counter.Add, Counter.Added>
{
    public Sum Initial { get; } = new(0);

    public MachineDecision<Added> Decide(Sum state, Add command) => command.Number switch
    {
        13 => throw new InvalidOperationException("decide"),
        < 0 => MachineDecision<Added>.Rejected("numbers below 0 are not added"),
        0 => MachineDecision<Added>.Nothing,
        > 100 => MachineDecision<Added>.Happens(new Added(100), new Added(command.Number - 100)),
        _ => MachineDecision<Added>.Happens(new Added(command.Number)),
    };

    public Sum Evolve(Sum state, Added happened) => happened.Number == 14 ? throw new InvalidOperationException("evolve") : new Sum(state.Total + happened.Number);

    public static MachineFormat<Sum, Add, Added> Format() => new("counter", 1);

    internal sealed record Sum(int Total);

    internal sealed record Add(int Number);

    internal sealed record Added(int Number);
}
