using AkkaPrivacy.Engine.Ports;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>Turns failures of the driver and the server's SQLSTATEs into the port's closed set, with advice.</summary>
/// <remarks>The server's own messages can quote values, so only its codes are passed on.</remarks>
internal static class PostgresFailures
{
    /// <summary>Whether an exception comes from the driver or the server and not from the work.</summary>
    public static bool IsOfStore(Exception failure) => failure is NpgsqlException or IOException or TimeoutException or InvalidOperationException { Source: "Npgsql" } or InvalidCastException { Source: "Npgsql" };

    /// <summary>Whether the same attempt may go well a moment later, as long as no work has run.</summary>
    public static bool MayPass(Exception failure) => failure switch
    {
        PostgresException server => server.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            || (IsOver(server) && server.SqlState != PostgresErrorCodes.TooManyConnections && !server.SqlState.StartsWith("28", StringComparison.Ordinal)),
        NpgsqlException { InnerException: TimeoutException } => false,
        NpgsqlException => failure.InnerException is null or IOException or System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.ConnectionReset },
        _ => failure is IOException,
    };

    /// <summary>The failure of a statement: the transaction is rolled back.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="store">Names the store.</param>
    /// <param name="doing">What was attempted, for the message.</param>
    public static StoreException From(Exception failure, string store, string doing)
    {
        var code = Classify(failure);
        return new StoreException(code, $"Store in {store}: {doing} failed, {Describe(code)} ({Reason(failure)}). {Advice(code)}", Inner(failure));
    }

    /// <summary>The failure of a commit. Only an error that the server itself reported, and after which it stayed connected,
    /// says that nothing was committed.</summary>
    public static StoreException FromCommit(Exception failure, string store) =>
        failure is PostgresException server && !IsOver(server) && server.SqlState is not (PostgresErrorCodes.TransactionResolutionUnknown or PostgresErrorCodes.StatementCompletionUnknown)
            ? From(failure, store, "a commit")
            : new StoreException(StoreFailure.CommitUnknown, $"Store in {store}: the server did not confirm a commit ({Reason(failure)}). Read before repeating it; the next transaction waits until the outcome is settled.", Inner(failure));

    public static StoreException Corrupt(string store, string what) => new(StoreFailure.Corrupt, $"Store in {store}: {what}");

    private static bool IsOver(PostgresException failure) =>
        failure.InvariantSeverity is "FATAL" or "PANIC" || failure.SqlState.StartsWith("08", StringComparison.Ordinal) || failure.SqlState.StartsWith("57P", StringComparison.Ordinal);

    private static Exception? Inner(Exception failure) => failure is PostgresException ? null : failure;

    private static StoreFailure Classify(Exception failure) => failure switch
    {
        PostgresException server => Classify(server),
        // A column of another type than ours.
        InvalidCastException => StoreFailure.Corrupt,
        _ => StoreFailure.Unavailable,
    };

    private static StoreFailure Classify(PostgresException server) => server.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable => StoreFailure.Locked,
        PostgresErrorCodes.DiskFull => StoreFailure.Full,
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege => StoreFailure.ReadOnly,
        PostgresErrorCodes.UniqueViolation => StoreFailure.VersionConflict,
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted or PostgresErrorCodes.UndefinedFile => StoreFailure.Corrupt,
        // The SQL is fixed, so what it does not find there is not ours.
        _ => server.SqlState[..2] is "42" or "3F" or "22" ? StoreFailure.Corrupt : StoreFailure.Unavailable,
    };

    private static string Describe(StoreFailure failure) => failure switch
    {
        StoreFailure.Locked => "another process holds the store and did not let go in time",
        StoreFailure.Full => "the server's disk is full",
        StoreFailure.Corrupt => "its tables are not those of a store or are damaged",
        StoreFailure.ReadOnly => "the store may only be read",
        StoreFailure.VersionConflict => "another writer was first",
        _ => "the server cannot be reached or gave up",
    };

    private static string Reason(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused => $"SQLSTATE {refused.SqlState}: user or password refused",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } missing => $"SQLSTATE {missing.SqlState}: no such database",
        PostgresException server => $"SQLSTATE {server.SqlState}",
        { InnerException: System.Net.Sockets.SocketException socket } => socket.SocketErrorCode.ToString(),
        _ => (failure.InnerException ?? failure).GetType().Name,
    };

    private static string Advice(StoreFailure failure) => failure switch
    {
        StoreFailure.Locked => "Nothing was written. Stop the other process, or raise the busy timeout.",
        StoreFailure.Full => "Nothing of this transaction was written. Free space on the server; the store stays usable.",
        StoreFailure.Corrupt => "Nothing was changed. Check the schema's name and the server's disk; keep a copy, then restore a backup.",
        StoreFailure.ReadOnly => "Nothing was written. Connect to the primary, as a user who may write to the schema's tables.",
        StoreFailure.VersionConflict => "Nothing was written; read again and decide anew.",
        _ => "Nothing was written. Check the server, the network, user and password; the store connects again by itself.",
    };
}
