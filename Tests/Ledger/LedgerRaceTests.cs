using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Storage.Sqlite;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class LedgerRaceTests
{
    [Fact]
    public async Task Two_ledgers_on_one_file_never_overspend_and_agree()
    {
        using var folder = new SqliteFolder();
        await using var one = await folder.OpenAsync();
        await using var two = await folder.OpenAsync();
        LedgerFixture[] ledgers = [await new LedgerFixture(one).OpenedAsync(Policy(30)), await new LedgerFixture(two).OpenedAsync(Policy(30))];
        var accepted = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var count = 0;
            for (var i = 0; i < 12; i++)
            {
                // Writers 0 and 1 ask for the same releases; 2 and 3 for others.
                var request = Request(i, 1, maxWindows: 24, query: writer < 2 ? "shared" : $"q{writer}");
                var outcome = await ledgers[writer % 2].ReleaseAsync(request);
                count += outcome is { Release: not null, Replayed: false } ? 1 : 0;
            }

            return count;
        })));
        Assert.Equal(30, accepted.Sum());
        Assert.Equal(30, await ledgers[0].SpentAsync());
        Assert.Equal(30, await ledgers[1].SpentAsync());
        var outbox = await one.TransactAsync(tx => new OutboxReader().ReadAsync(tx, 0, 100));
        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), outbox.Select(entry => entry.Sequence));
        Assert.Equal(30, outbox.Select(entry => entry.Release.Id).Distinct().Count());
    }
}
