using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Tests.Simulation;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>A store that begins to fail when it is told to.</summary>
internal sealed class LateStore(IStore inner, Func<SimFaults?> faults) : IStore
{
    public ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default) =>
        faults() is { } some ? new SimStore(inner, some).TransactAsync(work, cancellationToken) : inner.TransactAsync(work, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
