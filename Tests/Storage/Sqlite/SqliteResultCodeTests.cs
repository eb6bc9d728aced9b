using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Sqlite;
using SQLitePCL;
using Xunit;

namespace AkkaPrivacy.Tests.Storage.Sqlite;

public sealed class SqliteResultCodeTests
{
    [Theory]
    [InlineData(raw.SQLITE_BUSY, StoreFailure.Locked, StoreFailure.Locked)]
    [InlineData(raw.SQLITE_BUSY_RECOVERY, StoreFailure.Locked, StoreFailure.Locked)]
    [InlineData(raw.SQLITE_LOCKED, StoreFailure.Locked, StoreFailure.Locked)]
    [InlineData(raw.SQLITE_FULL, StoreFailure.Full, StoreFailure.Full)]
    [InlineData(raw.SQLITE_IOERR_WRITE, StoreFailure.Full, StoreFailure.Full)]
    [InlineData(raw.SQLITE_CORRUPT, StoreFailure.Corrupt, StoreFailure.Corrupt)]
    [InlineData(raw.SQLITE_NOTADB, StoreFailure.Corrupt, StoreFailure.Corrupt)]
    [InlineData(raw.SQLITE_READONLY, StoreFailure.ReadOnly, StoreFailure.ReadOnly)]
    [InlineData(raw.SQLITE_CANTOPEN, StoreFailure.Unavailable, StoreFailure.CommitUnknown)]
    [InlineData(raw.SQLITE_IOERR_READ, StoreFailure.Unavailable, StoreFailure.CommitUnknown)]
    [InlineData(raw.SQLITE_IOERR_FSYNC, StoreFailure.Unavailable, StoreFailure.CommitUnknown)]
    public void A_result_code_stands_for_one_failure_and_the_message_names_file_and_code(int code, StoreFailure atAnyCall, StoreFailure atCommit)
    {
        Batteries_V2.Init();
        var any = SqliteFailures.From(code, "/data/store.db", "reading");
        var commit = SqliteFailures.FromCommit(code, "/data/store.db");
        Assert.Equal((atAnyCall, atCommit), (any.Failure, commit.Failure));
        Assert.All([any.Message, commit.Message], message =>
        {
            Assert.Contains("'/data/store.db'", message);
            Assert.Contains($"code {code}", message);
        });
    }
}
