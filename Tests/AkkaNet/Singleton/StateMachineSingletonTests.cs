using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using AkkaPrivacy.AkkaNet.Singleton;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Singleton;

public sealed class StateMachineSingletonTests : ActorTestKit
{
    private static readonly Config Settings = ConfigurationFactory.ParseString(
        """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        akka.actor.serialize-messages = on
        akka.actor.serializers.m = "AkkaPrivacy.AkkaNet.Singleton.MachineSerializer, AkkaPrivacy.AkkaNet"
        akka.actor.serialization-bindings {
          "AkkaPrivacy.AkkaNet.Singleton.MachineCommand, AkkaPrivacy.AkkaNet" = m
          "AkkaPrivacy.AkkaNet.Singleton.MachineEvent, AkkaPrivacy.AkkaNet" = m
          "AkkaPrivacy.AkkaNet.Singleton.MachineSnapshot, AkkaPrivacy.AkkaNet" = m
          "AkkaPrivacy.AkkaNet.Singleton.MachineReply, AkkaPrivacy.AkkaNet" = m
          "AkkaPrivacy.AkkaNet.Singleton.MachineHandOver, AkkaPrivacy.AkkaNet" = m
        }
        """);

    private static readonly MachineFormat<Counter.Sum, Counter.Add, Counter.Added> Format = Counter.Format();

    public StateMachineSingletonTests()
        : base(Settings)
    {
    }

    [Fact]
    public async Task Accepted_events_survive_a_hand_over()
    {
        var machine = Start();
        Assert.Equal((null, 5), await AddAsync(machine, 5));
        Assert.Equal((null, 255), await AddAsync(machine, 250));
        await HandOverAsync(machine);
        Assert.Equal((null, 256), await AddAsync(Start(), 1));
    }

    [Fact]
    public async Task Snapshots_and_later_events_are_recovered_together()
    {
        var machine = Start();
        for (var i = 0; i < 25; i++)
        {
            await AddAsync(machine, 1);
        }

        machine.Tell(PoisonPill.Instance);
        await StoppedAsync(machine);
        Assert.Equal((null, 26), await AddAsync(Start(), 1));
    }

    [Theory]
    [InlineData(-1, "below 0")]
    [InlineData(13, "failed on this command")]
    [InlineData(14, "failed on this command")]
    public async Task A_poison_command_is_refused_and_the_machine_goes_on(int poison, string why)
    {
        var machine = Start();
        await AddAsync(machine, 2);
        var (rejection, total) = await AddAsync(machine, poison);
        Assert.Equal(2, total);
        Assert.Contains(why, rejection, StringComparison.Ordinal);
        Assert.Equal((null, 3), await AddAsync(machine, 1));
        await HandOverAsync(machine);
        Assert.Equal((null, 4), await AddAsync(Start(), 1));
    }

    [Fact]
    public async Task What_is_not_a_command_is_refused_with_a_reason()
    {
        var machine = Start();
        var reply = await machine.Ask<MachineReply>(new MachineCommand("counter", 1, "{}"u8.ToArray()), RemainingOrDefault);
        Assert.Contains("not in its format", reply.Rejection, StringComparison.Ordinal);
        reply = await machine.Ask<MachineReply>(new MachineCommand("counter", 9, "{}"u8.ToArray()), RemainingOrDefault);
        Assert.Contains("version 9", reply.Rejection, StringComparison.Ordinal);
        Assert.Equal((null, 1), await AddAsync(machine, 1));
    }

    [Fact]
    public async Task A_machine_that_dies_is_started_again_with_its_state()
    {
        var machine = Start();
        await AddAsync(machine, 7);
        var child = await Sys.ActorSelection(machine.Path / "of").ResolveOne(RemainingOrDefault);
        Watch(child);
        child.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(child);
        await AwaitAssertAsync(async () => Assert.Equal((null, 7), await AddAsync(machine, 0)), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Events_of_a_newer_version_stop_the_machine_instead_of_being_guessed()
    {
        var probe = CreateTestProbe();
        var newer = new MachineEvent("counter", 2, """{"number":1}"""u8.ToArray());
        var writer = Sys.ActorOf(Props.Create(() => new Writer(newer)));
        Assert.Equal("written", await writer.Ask<string>("write", RemainingOrDefault));
        var bare = Sys.ActorOf(Props.Create(() => new StateMachineSingleton<Counter.Sum, Counter.Add, Counter.Added>(new Counter(), Format, 10)));
        probe.Watch(bare);
        await probe.ExpectTerminatedAsync(bare);
    }

    private IActorRef Start() => Sys.ActorOf(MachineSingletons.Supervised(
        new Counter(), Format, new MachineSingletonOptions { Role = "any", SnapshotEvery = 10, MinBackoff = TimeSpan.FromMilliseconds(20) }));

    private async Task<(string? Rejection, int Total)> AddAsync(IActorRef machine, int number)
    {
        var reply = await machine.Ask<MachineReply>(Format.Command(new Counter.Add(number)), TimeSpan.FromSeconds(1));
        return (reply.Rejection, Format.Read(reply.State).Total);
    }

    private async Task HandOverAsync(IActorRef machine)
    {
        machine.Tell(MachineHandOver.Instance);
        await StoppedAsync(machine);
    }

    private async Task StoppedAsync(IActorRef machine)
    {
        Watch(machine);
        await ExpectTerminatedAsync(machine);
    }

    private sealed class Writer : ReceivePersistentActor
    {
        public Writer(MachineEvent happened) => Command<string>(_ =>
        {
            var asker = Sender;
            Persist(happened, _ => asker.Tell("written"));
        });

        public override string PersistenceId => "machine/counter";
    }
}
