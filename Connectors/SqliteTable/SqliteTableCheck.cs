using System.Globalization;
using AkkaPrivacy.Engine.Releases;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Connectors.SqliteTable;

/// <summary>Holds tables of releases against the releases themselves. SQLite keeps no checksums, so that a byte that changed
/// in such a table shows nowhere else.</summary>
public static class SqliteTableCheck
{
    private const string Found = "found_rows";
    private const string Expected = "expected_rows";
    private const string Ids = "found_ids";
    private const int PageSize = 500;

    /// <summary>Finds the tables of a file that have the columns of a table of releases.</summary>
    /// <param name="path">The SQLite file.</param>
    /// <returns>Their names, in order.</returns>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Tables(string path)
    {
        using var connection = Open(path);
        return [.. ReleaseTable.Texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .Where(table => SqliteTableOptions.IsTableName(table) && ReleaseTable.HasColumns(connection, table))];
    }

    /// <summary>Compares a table with the releases. The table is copied first and the releases are looked up afterwards, so a run
    /// that publishes meanwhile is no contradiction.</summary>
    /// <param name="path">The SQLite file.</param>
    /// <param name="table">The table.</param>
    /// <param name="find">Looks up releases by their ids and gives those that there are.</param>
    /// <returns>What differs, and how many rows were read.</returns>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static async ValueTask<TableCheck> CompareAsync(string path, string table, Func<IReadOnlyList<string>, ValueTask<IReadOnlyList<Release>>> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        using var connection = Open(path);
        ReleaseTable.Execute(connection, $"CREATE TEMP TABLE {Found} AS SELECT {ReleaseTable.ColumnList} FROM main.\"{table}\"");
        ReleaseTable.Execute(connection, ReleaseTable.CreateTemporary(Expected));
        ReleaseTable.Execute(connection, $"CREATE TEMP TABLE {Ids} AS SELECT DISTINCT release_id FROM {Found} ORDER BY release_id");
        var unknown = new List<string>();
        for (var first = 0; Page(connection, first) is { Count: > 0 } ids; first += PageSize)
        {
            var releases = await find(ids).ConfigureAwait(false);
            using var transaction = connection.BeginTransaction();
            ReleaseTable.Upsert(connection, transaction, Expected, releases);
            transaction.Commit();
            unknown.AddRange(ids.Except(releases.Select(release => release.Id.ToString())));
        }

        var rows = ReleaseTable.Texts(connection, $"SELECT count(*) FROM {Found}");
        var differ = ReleaseTable.Texts(
            connection,
            $"SELECT DISTINCT release_id FROM (SELECT * FROM (SELECT * FROM {Found} EXCEPT SELECT * FROM {Expected}) UNION ALL SELECT * FROM (SELECT * FROM {Expected} EXCEPT SELECT * FROM {Found})) ORDER BY 1");
        return new TableCheck(long.Parse(rows[0], CultureInfo.InvariantCulture), [.. differ.Except(unknown)], unknown);
    }

    // By place, not by the last id: a damaged text is not what it is read as.
    private static List<string> Page(SqliteConnection connection, int first) =>
        ReleaseTable.Texts(connection, FormattableString.Invariant($"SELECT release_id FROM {Ids} WHERE rowid > {first} AND rowid <= {first + PageSize} ORDER BY rowid"));

    // On a medium that may only be read there is no place for the index of the log, and without a log none is needed.
    private static SqliteConnection Open(string path)
    {
        try
        {
            return Connect(path);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == SQLitePCL.raw.SQLITE_CANTOPEN && new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 })
        {
            return Connect($"file:{Uri.EscapeDataString(path)}?immutable=1");
        }
    }

    private static SqliteConnection Connect(string source)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            ReleaseTable.Execute(connection, "SELECT count(*) FROM sqlite_schema");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>How a table of releases compares with the releases.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Differing">Releases whose rows are not what was released: changed, missing or too many.</param>
/// <param name="Unknown">Ids in it that no release has: of another store, or damaged.</param>
public sealed record TableCheck(long Rows, IReadOnlyList<string> Differing, IReadOnlyList<string> Unknown);
