using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>Ends the process at the next transaction that stores a release, when it was told to.</summary>
/// <param name="inner">The store that survives.</param>
internal sealed class CrashingStore(IStore inner) : IStore
{
    private const string Releases = "releases";
    private int _armed;

    /// <summary>Whether a crash is still to come.</summary>
    public bool IsArmed => Volatile.Read(ref _armed) != 0;

    public void Arm(CrashPoint point) => Volatile.Write(ref _armed, 1 + (int)point);

    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        var watched = new Watched();
        var result = await inner.TransactAsync(
            async transaction =>
            {
                watched.Next = transaction;
                var done = await work(watched).ConfigureAwait(false);
                CrashIf(watched.HasReleases, CrashPoint.BeforeCommit);
                return done;
            },
            cancellationToken).ConfigureAwait(false);
        CrashIf(watched.HasReleases, CrashPoint.AfterCommit);
        return result;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void CrashIf(bool hasReleases, CrashPoint point)
    {
        if (hasReleases && Interlocked.CompareExchange(ref _armed, 0, 1 + (int)point) == 1 + (int)point)
        {
            throw new SimulatedCrashException();
        }
    }

    private sealed class Watched : IStoreTransaction
    {
        public IStoreTransaction Next { get; set; } = null!;

        public bool HasReleases { get; private set; }

        public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000) => Next.ReadStreamAsync(stream, afterVersion, limit);

        public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events) => Next.AppendAsync(stream, expectedVersion, events);

        public ValueTask<byte[]?> GetAsync(string table, string key) => Next.GetAsync(table, key);

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value)
        {
            HasReleases |= table == Releases;
            return Next.PutAsync(table, key, value);
        }

        public ValueTask DeleteAsync(string table, string key) => Next.DeleteAsync(table, key);

        public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000) => Next.ScanAsync(table, prefix, afterKey, limit);

        public ValueTask<long> AcquireEpochAsync(string resource) => Next.AcquireEpochAsync(resource);

        public ValueTask FenceAsync(string resource, long epoch) => Next.FenceAsync(resource, epoch);

        public ValueTask<long> EpochAsync(string resource) => Next.EpochAsync(resource);
    }
}
