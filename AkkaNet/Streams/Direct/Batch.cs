using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>
/// What flows through a directly composed graph: rows, closed to the outside, in the state <typeparamref name="TState"/>.
/// It may be delayed, buffered and sent across an asynchronous boundary, but not looked into.
/// </summary>
/// <remarks>Batches keep their order, and each is processed once. The next step fails the run when one was dropped, sent
/// twice, overtaken or mixed with those of another graph: a row must not decide whether those of others count.</remarks>
/// <typeparam name="TState">The privacy state of its rows.</typeparam>
public sealed class Batch<TState>
    where TState : IStreamState
{
    private readonly Signal<EventBatch> _signal;
    private int _taken;

    internal Batch(Signal<EventBatch> signal, long number, DirectSession session)
    {
        _signal = signal;
        Number = number;
        Session = session;
    }

    /// <summary>How many batches went before it from the same step.</summary>
    internal long Number { get; }

    internal DirectSession Session { get; }

    /// <summary>Whether it carries rows, and not word of the run itself.</summary>
    internal bool HasRows => _signal.Control is null;

    /// <summary>Hands its rows over; null when they were before.</summary>
    internal Signal<EventBatch>? Take() => Interlocked.Exchange(ref _taken, 1) == 0 ? _signal : null;

    /// <summary>The type alone.</summary>
    /// <returns>Nothing of any row.</returns>
    public override string ToString() => $"batch of {typeof(TState).Name}";
}
