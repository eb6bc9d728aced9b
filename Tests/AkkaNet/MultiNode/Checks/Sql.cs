using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;

/// <summary>Reads a SQLite file beside the processes that write it, without any code of the product.</summary>
internal static class Sql
{
    /// <summary>The rows of a query; none where the file or the table is not there yet.</summary>
    public static List<T> Rows<T>(string file, string sql, Func<SqliteDataReader, T> row)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        using var connection = Open(file, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        var rows = new List<T>();
        try
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == 1)
        {
            return [];
        }

        return rows;
    }

    public static long Number(string file, string sql) => Rows(file, sql, reader => reader.IsDBNull(0) ? 0 : reader.GetInt64(0)).FirstOrDefault();

    /// <summary>Waits until nobody is inside of a transaction that writes, and keeps it so until what is returned is disposed
    /// of. Whoever reads goes on.</summary>
    public static IDisposable Lock(string file)
    {
        var connection = Open(file, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    public static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        return connection;
    }
}
