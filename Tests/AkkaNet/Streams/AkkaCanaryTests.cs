using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Tests.AkkaNet.Streams.Direct;
using AkkaPrivacy.Tests.Privacy;
using System.Collections.Concurrent;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

/// <summary>Canaries sent through either way of running on Akka.Streams are found in nothing that the actor system logs, and in
/// no dead letter.</summary>
public sealed class AkkaCanaryTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly ActorSystem _system = ActorSystem.Create("canary", """
        akka.loglevel = DEBUG
        akka.stdout-loglevel = OFF
        akka.loggers = []
        akka.log-dead-letters = on
        akka.actor.debug { receive = on, autoreceive = on, lifecycle = on, unhandled = on }
        akka.stream.materializer.debug-logging = on
        """);

    public async Task InitializeAsync()
    {
        var listener = _system.ActorOf(Props.Create(() => new Listener(_seen)));
        foreach (var channel in new[] { typeof(LogEvent), typeof(AllDeadLetters), typeof(UnhandledMessage) })
        {
            _system.EventStream.Subscribe(listener, channel);
        }

        await listener.Ask<ActorIdentity>(new Identify(1), Patience);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(CanaryFault.None)]
    [InlineData(CanaryFault.Stage)]
    [InlineData(CanaryFault.Snapshot)]
    [InlineData(CanaryFault.Complete)]
    [InlineData(CanaryFault.Row)]
    [InlineData(CanaryFault.Sink)]
    [InlineData(CanaryFault.Kill)]
    public async Task Nothing_of_a_person_is_logged_by_planned_graphs(CanaryFault fault)
    {
        using var pipeline = new CanaryPipeline(_folder, fault, options => new AkkaRuntime(_system, options));
        await pipeline.RunAsync(CanaryLines.Text());

        Canary.AssertAbsent("what was seen", pipeline.Seen);
        await AssertNothingLoggedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_a_person_is_logged_by_directly_composed_graphs(bool fails)
    {
        var harness = new DirectHarness();
        var lines = DirectHarness.Endless().Take(20_000).Select(line => line with { Text = line.Text.Replace("user-1@example.org", Canary.Email, StringComparison.Ordinal) });
        var rows = Source.From(lines).Async().InBatches(harness.Pipeline()).Log("lines").ParseJsonLines(DirectHarness.Map).Async().Tokenize().Log("rows").Async()
            .Map(new TrippingOperator(Canary.Email, fails ? 5 : int.MaxValue)).Async();

        var run = DirectHarness.Query(rows).Log("windows").ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(_system.Materializer());
        try
        {
            await run.Completion.WaitAsync(Patience);
            Assert.False(fails);
        }
        catch (AkkaPrivacy.Engine.Stages.StageFailedException exception)
        {
            Assert.True(fails);
            Canary.AssertAbsent("the exception", exception.ToString());
        }

        await AssertNothingLoggedAsync();
    }

    private async Task AssertNothingLoggedAsync()
    {
        await _system.Terminate().WaitAsync(Patience);
        Assert.NotEmpty(_seen);
        Canary.AssertAbsent("what was logged", string.Join('\n', _seen));
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> seen)
        {
            Receive<LogEvent>(log => seen.Enqueue($"{log} {log.Cause}"));
            Receive<AllDeadLetters>(letter => seen.Enqueue($"{letter} {letter.Message} {Detail(letter.Message)}"));
            Receive<UnhandledMessage>(message => seen.Enqueue($"{message.Message}"));
        }

        // What a log of dead letters in another form may print: every public property.
        private static string Detail(object message) => string.Join(' ', message.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => $"{property.GetValue(message)}"));
    }
}
