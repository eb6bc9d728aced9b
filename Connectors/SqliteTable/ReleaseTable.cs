using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Connectors.SqliteTable;

/// <summary>The table and its statements.</summary>
internal static class ReleaseTable
{
    // Numbers are bound as decimal text: NUMERIC turns them into integers where they are whole and never rounds a count.
    private const string Layout = """
        (
          release_id TEXT NOT NULL, pipeline TEXT NOT NULL, query TEXT NOT NULL,
          window_start TEXT NOT NULL, window_end TEXT NOT NULL, group_key TEXT NOT NULL,
          value NUMERIC NOT NULL, low NUMERIC NOT NULL, high NUMERIC NOT NULL,
          confidence REAL NOT NULL, epsilon REAL NOT NULL, delta REAL NOT NULL,
          PRIMARY KEY (release_id, group_key))
        """;

    private static readonly string[] Columns =
    [
        "release_id", "pipeline", "query", "window_start", "window_end", "group_key",
        "value", "low", "high", "confidence", "epsilon", "delta",
    ];

    private static readonly JsonSerializerOptions KeyOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The columns in order, as SQL.</summary>
    public static string ColumnList { get; } = string.Join(", ", Columns);

    /// <summary>Makes an empty table of the same layout that lives as long as its connection.</summary>
    /// <param name="table">Its name.</param>
    public static string CreateTemporary(string table) => $"CREATE TEMP TABLE \"{table}\" {Layout}";

    /// <summary>Whether a table has the columns of a table of releases.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="table">The table.</param>
    public static bool HasColumns(SqliteConnection connection, string table) =>
        Texts(connection, $"SELECT name FROM pragma_table_info('{table}') ORDER BY cid").SequenceEqual(Columns);

    /// <summary>Runs SQL that gives no rows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">The SQL.</param>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of all rows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">The query.</param>
    public static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    /// <summary>Opens the file and makes the table when it is missing.</summary>
    /// <param name="options">File and table.</param>
    /// <exception cref="SinkException">A table of that name has other columns; it was not touched.</exception>
    public static SqliteConnection Open(SqliteTableOptions options)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, $"CREATE TABLE IF NOT EXISTS \"{options.Table}\" {Layout}");
            Check(connection, options);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Inserts or replaces the rows of releases.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="table">The table.</param>
    /// <param name="releases">The releases.</param>
    public static void Upsert(SqliteConnection connection, SqliteTransaction transaction, string table, IReadOnlyList<Release> releases)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT OR REPLACE INTO \"{table}\" ({ColumnList}) VALUES ({string.Join(", ", Columns.Select(column => "$" + column))})";
        foreach (var column in Columns)
        {
            command.Parameters.Add(new SqliteParameter("$" + column, null));
        }

        foreach (var release in releases)
        {
            SetRelease(command.Parameters, release);
            foreach (var group in release.Groups)
            {
                SetGroup(command.Parameters, group);
                command.ExecuteNonQuery();
            }
        }
    }

    private static void Check(SqliteConnection connection, SqliteTableOptions options)
    {
        if (!HasColumns(connection, options.Table))
        {
            throw new SinkException($"Table '{options.Table}' in '{options.Path}' has other columns than a table of releases ({ColumnList}). It was not touched; name another table. All releases are kept in the store.");
        }
    }

    private static void SetRelease(SqliteParameterCollection parameters, Release release)
    {
        parameters["$release_id"].Value = release.Id.ToString();
        parameters["$pipeline"].Value = release.Id.Pipeline;
        parameters["$query"].Value = release.Id.Query;
        parameters["$window_start"].Value = Instant(release.Id.Window.Start);
        parameters["$window_end"].Value = Instant(release.Id.Window.End);
        parameters["$confidence"].Value = release.Confidence;
        (parameters["$epsilon"].Value, parameters["$delta"].Value) = PrivacyConversions.Reported(release.Receipt.Cost);
    }

    private static void SetGroup(SqliteParameterCollection parameters, ReleasedGroup group)
    {
        parameters["$group_key"].Value = JsonSerializer.Serialize(group.Key, KeyOptions);
        parameters["$value"].Value = group.Value.ToString(CultureInfo.InvariantCulture);
        parameters["$low"].Value = group.Low.ToString(CultureInfo.InvariantCulture);
        parameters["$high"].Value = group.High.ToString(CultureInfo.InvariantCulture);
    }

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
