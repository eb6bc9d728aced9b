using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>Copies the log into the file beside the transactions, on a connection of its own, so that none of them has to do
/// it at its commit. It blocks nobody; where it does not keep up, a commit copies the rest
/// (<c>wal_autocheckpoint</c>).</summary>
internal sealed class SqliteCheckpointer(string path) : IAsyncDisposable
{
    // A row that changes is at most a page or two of the log, mostly one that changed before: copying seldom copies such pages once.
    private const int ChangesBetween = 30_000;
    private SqliteDatabase? _database;
    private Task _running = Task.CompletedTask;
    private int _lastChanges;

    /// <summary>Begins to copy where enough has changed and no copying is under way. Called by one thread at a time.</summary>
    /// <param name="changes">How many rows the writing connection has changed since it was opened.</param>
    public void AfterCommit(int changes)
    {
        if (changes - _lastChanges >= ChangesBetween && _running.IsCompleted)
        {
            _lastChanges = changes;
            _running = Task.Run(Copy);
        }
    }

    /// <summary>Closes the connection after what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _database?.Dispose();
    }

    private void Copy()
    {
        _database ??= SqliteDatabase.Open(path, SqliteOpenMode.ReadWrite);

        // A failure leaves the log as it is: what keeps copying from working shows at the next commit.
        _ = raw.sqlite3_wal_checkpoint_v2(_database.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
    }
}
