using System.Runtime.Serialization;
using Akka.Actor;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Join;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.AkkaNet.Singleton;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

public sealed class SerializerTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("serializers", new ClusterConfiguration(new ClusterSettings { JournalConnection = "Data Source=:memory:" }).Akka);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public void Every_message_that_goes_to_another_node_has_a_serializer_of_its_own()
    {
        var types = typeof(ILedgerWire).Assembly.GetTypes().Where(type => !type.IsInterface && type.IsAssignableTo(typeof(ILedgerWire)))
            .Concat([typeof(MachineCommand), typeof(MachineEvent), typeof(MachineSnapshot), typeof(MachineReply), typeof(MachineHandOver), typeof(JoinRequest), typeof(JoinReply)])
            .ToList();
        Assert.True(types.Count > 15);
        Assert.All(types, type => Assert.StartsWith("AkkaPrivacy.AkkaNet.", _system.Serialization.FindSerializerForType(type).GetType().FullName, StringComparison.Ordinal));
        Assert.All(types, type => Assert.IsNotType<RefusingSerializer>(_system.Serialization.FindSerializerForType(type)));
    }

    [Fact]
    public void What_has_none_is_neither_sent_nor_made_from_bytes()
    {
        var serializer = _system.Serialization.FindSerializerFor(new { Secret = "s" });
        Assert.IsType<RefusingSerializer>(serializer);
        var refused = Assert.Throws<SerializationException>(() => serializer.ToBinary(new Exposed("s3cret")));
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize("{}"u8.ToArray(), 1, typeof(Exposed)));
    }

    private sealed record Exposed(string Secret);
}
