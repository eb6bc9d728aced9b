using System.Diagnostics;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>Makes the store slow: another process that holds its write lock most of the time. A run of a second becomes one
/// of a minute, and the moment at which something goes wrong can be chosen.</summary>
internal sealed class SlowStore : IAsyncDisposable
{
    /// <summary>While nodes join, notice and take over, so that the input does not end meanwhile on a machine that does much else.</summary>
    public static readonly TimeSpan Slowly = TimeSpan.FromMilliseconds(1_500);

    /// <summary>While releases are waited for.</summary>
    public static readonly TimeSpan Steadily = TimeSpan.FromMilliseconds(150);
    private readonly SqliteConnection _connection;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _beats;

    private SlowStore(SqliteConnection connection)
    {
        _connection = connection;
        _beats = BeatAsync();
    }

    /// <summary>How long it is held at a time; about one transaction finds its way in between.</summary>
    public TimeSpan Hold { get; set; } = Slowly;

    /// <summary>Starts with a store that exists.</summary>
    public static SlowStore Start(string store) => new(Sql.Open(store, SqliteOpenMode.ReadWrite));

    /// <summary>Holds the lock until what is returned is disposed of: nobody is in the middle of a transaction.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        await _turn.WaitAsync();
        await BeginAsync();
        return new Held(this);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beats;
        await _connection.DisposeAsync();
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task BeatAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                // Whoever waits for the lock looks again every 1 to 25 ms, so one gets it in each gap.
                await Task.Delay(TimeSpan.FromMilliseconds(30), _stop.Token);
                await _turn.WaitAsync(_stop.Token);
                try
                {
                    await BeginAsync();
                    await HoldOnAsync();
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store is as fast as it is.
        }
    }

    private async Task HoldOnAsync()
    {
        try
        {
            // In small steps, so that a shorter time counts at once.
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < Hold;)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), _stop.Token);
            }
        }
        finally
        {
            Execute("ROLLBACK");
        }
    }

    private async Task BeginAsync()
    {
        while (!TryBegin())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), _stop.Token);
        }
    }

    private bool TryBegin()
    {
        SQLitePCL.raw.sqlite3_busy_timeout(_connection.Handle!, 0);
        return SQLitePCL.raw.sqlite3_exec(_connection.Handle!, "BEGIN IMMEDIATE") == SQLitePCL.raw.SQLITE_OK;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Held(SlowStore store) : IDisposable
    {
        public void Dispose()
        {
            store.Execute("ROLLBACK");
            store._turn.Release();
        }
    }
}
