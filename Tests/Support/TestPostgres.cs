namespace AkkaPrivacy.Tests.Support;

/// <summary>The PostgreSQL server that tests may use: <c>AKKAPRIVACY_TEST_POSTGRES</c> holds its connection string, for a
/// user who may create schemas. <c>.ci/postgres</c> starts one. Without it the tests of PostgreSQL pass without a server
/// and say so on standard error.</summary>
internal static class TestPostgres
{
    /// <summary>The variable.</summary>
    public const string Variable = "AKKAPRIVACY_TEST_POSTGRES";

    private static readonly string? Server = Read();

    /// <summary>Whether there is a server.</summary>
    public static bool IsThere => Server is not null;

    /// <summary>How to reach it.</summary>
    public static string Connection => Server ?? throw new InvalidOperationException($"{Variable} is not set.");

    private static string? Read()
    {
        var connection = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrWhiteSpace(connection))
        {
            return connection;
        }

        Console.Error.WriteLine($"WITHOUT POSTGRESQL: {Variable} is not set, so nothing was tested against a server. '.ci/postgres start DIR' starts one.");
        return null;
    }
}
