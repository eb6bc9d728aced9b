using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

public sealed class LedgerSerializerTests() : ActorTestKit(Complete(Memory.WithFallback("akkaprivacy.cluster.ledger.max-message-bytes = 20000")))
{
    [Fact]
    public async Task Every_message_is_written_by_the_ledgers_own_serializer_and_read_back()
    {
        var account = Start(Sys);
        await account.AcceptedAsync(new OpenAccount(Policy()));
        var release = await account.ReleasedAsync(Ask(0, 7));
        var status = (await account.Ask<StatusReply>(new AskStatus(Account, Day))).Status!;
        object[] messages =
        [
            new OpenAccount(Policy()), Ask(0, 5, 1.50m, epoch: 7), Ask(1), new GrantBudget(Account, Day, Pure(3), "why"), new MarkBelow("a", "a/b"),
            new AskStatus(Account, -1), new AskHistory(Account), Accepted.Instance, Refused.With(RefusalCode.BudgetExceeded, "no"),
            new Released(release, true), new StatusReply(status), new StatusReply(null), new HistoryReply([status, status]), new HistoryReply([]),
        ];
        foreach (var message in messages)
        {
            var serializer = Assert.IsType<LedgerSerializer>(Sys.Serialization.FindSerializerFor(message));
            var (bytes, manifest) = (serializer.ToBinary(message), serializer.Manifest(message));
            var read = serializer.FromBinary(bytes, manifest);
            Assert.IsType(message.GetType(), read);
            Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(serializer.ToBinary(read)));
            Assert.EndsWith("/1", manifest, StringComparison.Ordinal);
        }

        Assert.Equal(ReleaseJson.ToUtf8(release), ReleaseJson.ToUtf8(((Released)Read(new Released(release, true))).Release));
        Assert.Equal(1.50m, ((AskRelease)Read(Ask(0, 5, 1.50m))).Values.Groups[0].Value);
    }

    [Fact]
    public void What_is_too_large_unknown_or_malformed_is_not_read()
    {
        var serializer = Serializer();
        var large = new AskRelease(Request(0), Values() with { Mechanism = new string('x', 20_000) });
        Assert.Contains("max-message-bytes", Assert.Throws<SerializationException>(() => serializer.ToBinary(large)).Message);
        Assert.Throws<SerializationException>(() => serializer.FromBinary(new byte[20_001], "ask-release/1"));
        Assert.Throws<SerializationException>(() => serializer.FromBinary("{}"u8.ToArray(), "ask-release/2"));
        Assert.Throws<SerializationException>(() => serializer.ToBinary("text"));
        foreach (var text in new[] { "", "{", "null", "[]", "{}", "{\"account\":null,\"time_ms\":1}", "{\"account\":\"a\",\"time_ms\":1,\"more\":2}", "{\"account\":\"a\",\"time_ms\":1e99}" })
        {
            var failure = Assert.Throws<SerializationException>(() => serializer.FromBinary(Encoding.UTF8.GetBytes(text), "ask-status/1"));
            Assert.Contains("ask-status/1", failure.Message);
        }

        Assert.Throws<SerializationException>(() => serializer.FromBinary("{\"account\":\"a\",\"time_ms\":1,\"extra\":[\"pure\",-1,0],\"reason\":\"r\"}"u8.ToArray(), "ask-grant/1"));
    }

    [Fact]
    public void Events_and_snapshots_pass_through_whatever_their_form()
    {
        var serializer = Serializer();
        var happened = Assert.IsType<JournalEvent>(serializer.FromBinary([1, 2], "released/9"));
        Assert.Equal(("released/9", 2), (serializer.Manifest(happened), serializer.ToBinary(happened).Length));
        var snapshot = Assert.IsType<JournalSnapshot>(serializer.FromBinary(new byte[100_000], "account/1"));
        Assert.Equal(("account/1", 100_000), (serializer.Manifest(snapshot), serializer.ToBinary(snapshot).Length));
    }

    private SerializerWithStringManifest Serializer() => (SerializerWithStringManifest)Sys.Serialization.FindSerializerForType(typeof(AskRelease));

    private object Read(object message) => Serializer().FromBinary(Serializer().ToBinary(message), Serializer().Manifest(message));
}
