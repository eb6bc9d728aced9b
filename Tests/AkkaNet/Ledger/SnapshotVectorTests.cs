using System.Text;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>The stored bytes of a snapshot, checked in: what was written once is read for ever.</summary>
public sealed class SnapshotVectorTests
{
    private static readonly string Vector = Path.Combine(Repository.Root, "Tests", "AkkaNet", "Ledger", "Vectors", "account-1.json");

    private const string VectorHash = "682c7921ff6b79cf961a311bbdab83b6c696e4f61b4723fdc1473979348ca293";

    [Fact]
    public void A_snapshot_is_written_as_the_stored_one_and_the_stored_one_is_read()
    {
        var book = new AccountBook(Account);
        var decider = new BookDecider(book, 1 << 20);
        ILedgerCommand[] commands = [new OpenAccount(Policy()), Ask(0, 5, 1.50m, epoch: 3), Ask(25, 7), new GrantBudget(Account, Day, Pure(9), "why")];
        for (var i = 0; i < commands.Length; i++)
        {
            book.Apply(decider.Decide(commands[i], 1709294400007).Event!, i + 1);
        }

        Assert.Null(book.Fault);
        var written = Encoding.UTF8.GetString(BookSnapshot.Write(book).Payload);

        // The vector's head is that of charges of form 1; all else is written as ever.
        Assert.True(File.ReadAllText(Vector).TrimEnd().Replace(VectorHash, book.Folded.Hash) == written, written);

        var read = new AccountBook(Account);
        read.Restore(new JournalSnapshot("account/1", Encoding.UTF8.GetBytes(File.ReadAllText(Vector).TrimEnd())));
        Assert.Null(read.Fault);
        Assert.Equal((5L, 2L, 3L, 3L), (read.Folded.State.Period(Day).Spent.Loss, read.Find(Request(0).Id), read.Find(Request(25).Id), read.Owners["pipeline/pipe"]));
        Assert.Equal((book.Folded.Version, VectorHash), (read.Folded.Version, read.Folded.Hash));
    }
}
