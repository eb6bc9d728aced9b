using AkkaPrivacy.LoadTests.Compare.Pipeline;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.LoadTests.AkkaNet.Runtimes;

/// <summary>Where the hand-written stream puts its windows: a SQLite file with as safe settings as the product's store
/// (write-ahead log, synchronised at every commit). Noise is put on the counts on the way.</summary>
internal sealed class WindowFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkaprivacy-hand-written");
    private readonly SqliteConnection _connection;
    private readonly Random _noise = new();

    public WindowFile()
    {
        _connection = new SqliteConnection($"Data Source={_directory.FullName}/windows.db;Pooling=False");
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE windows(start INTEGER, page TEXT, noised INTEGER)");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Noises and stores a window.</summary>
    /// <param name="window">The window.</param>
    /// <returns>Ends when it is committed.</returns>
    public async Task StoreAsync(PageWindow window)
    {
        await using var transaction = (SqliteTransaction)await _connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO windows(start, page, noised) VALUES($start, $page, $noised)";
        var start = insert.Parameters.Add("$start", SqliteType.Integer);
        var page = insert.Parameters.Add("$page", SqliteType.Text);
        var noised = insert.Parameters.Add("$noised", SqliteType.Integer);
        foreach (var (name, count) in window.Counts)
        {
            (start.Value, page.Value, noised.Value) = (window.StartMs, name, count + Geometric() - Geometric());
            await insert.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _connection.Dispose();
        if (Directory.Exists(_directory.FullName))
        {
            _directory.Delete(recursive: true);
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // As in the hand-written loop: the textbook's way, good enough for a race only.
    private long Geometric() => (long)Math.Floor(-Math.Log(1 - _noise.NextDouble()) * PipelineJob.NoiseScale);
}
