using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>A ledger whose draws a recorder sees.</summary>
internal sealed class PlayLedger(ILedger inner, Recorder recorder) : ILedger
{
    public ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy) => inner.OpenAsync(transaction, policy);

    public ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw) =>
        inner.ReleaseAsync(transaction, request, () => recorder.Draw(transaction, request, draw));

    public ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs) => inner.StatusAsync(transaction, account, timeMs);

    public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account) => inner.HistoryAsync(transaction, account);
}

/// <summary>A store that tells a recorder which transactions are stored.</summary>
internal sealed class PlayStore(IStore inner, Recorder recorder) : IStore
{
    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        IStoreTransaction? begun = null;
        var isStored = false;
        try
        {
            var result = await inner.TransactAsync(
                transaction =>
                {
                    recorder.Begin(begun = transaction);
                    return work(transaction);
                },
                cancellationToken);
            isStored = true;
            return result;
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.CommitUnknown)
        {
            // The simulated store says so after it has stored everything.
            isStored = true;
            throw;
        }
        finally
        {
            if (begun is not null)
            {
                recorder.End(begun, isStored);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A source that stands still where another one ends; the last one of a run shuts it down.</summary>
internal sealed class PausingSource(IEventSource inner, Func<bool> isLast, Task<IPipelineRun> run) : IEventSource
{
    private const int Rests = 3;
    private int _rests;

    public string Name => inner.Name;

    public RowSchema Schema => inner.Schema;

    public long? TotalBytes => inner.TotalBytes;

    public long BytesRead => inner.BytesRead;

    public int Partitions => inner.Partitions;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => inner.OpenAsync(context, cancellationToken);

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(batch, cancellationToken);
        if (read == SourceRead.End && ++_rests == Rests && isLast())
        {
            (await run).KillSwitch.Shutdown();
        }

        return read == SourceRead.Rows ? SourceRead.Rows : SourceRead.Idle;
    }

    public IReadOnlyList<SourcePosition> Positions() => inner.Positions();

    public SourcePosition? PartitionAt(int partition) => inner.PartitionAt(partition);

    public bool Holds(SourcePosition partition) => inner.Holds(partition);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
