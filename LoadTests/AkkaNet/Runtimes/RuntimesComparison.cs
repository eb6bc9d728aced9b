using System.CommandLine;
using Akka.Actor;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.LoadTests.Compare;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.LoadTests.Measuring;

namespace AkkaPrivacy.LoadTests.AkkaNet.Runtimes;

/// <summary><c>compare runtimes</c>: the same pipeline on both runtimes, and the same job as a hand-written stream.</summary>
internal static class RuntimesComparison
{
    /// <summary>The least rate of the Akka.NET runtime in rates of the embedded one that the project promises.</summary>
    public const double LeastOfEmbedded = 0.8;

    /// <summary>The same for the hand-written stream.</summary>
    public const double LeastOfHandWritten = 5;

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var events = PipelineComparison.CreateEventsOption();
        return new ComparisonCommand(
            "runtimes",
            $"Count {JsonLines.LineBytes}-byte JSON events per page and minute: token, half of the users kept, bounded, noised, stored.",
            $"""

            The job is that of 'compare pipeline'. All contenders give equal counts before noise, which is checked first.
            Ratios are medians over the rounds; promised are {LeastOfEmbedded} of embedded and {LeastOfHandWritten} times hand-written.

            akka                the pipeline on Akka.Streams (AkkaRuntime), in one lane and in two
            embedded            baseline: the pipeline on EmbeddedRuntime, in one lane and in two
            hand-written        baseline: an Akka.Streams graph with an element for each event
            hand-written-async  baseline: the same with an asynchronous boundary before the windows
            """,
            parsed => Contenders(parsed.GetValue(events)))
        {
            events,
        };
    }

    private static List<Contender> Contenders(int events)
    {
        ReadOnlyMemory<byte> lines = JsonLines.Create(events, PipelineComparison.Seed);
        var system = StartSystem();
        RequireSameCounts(system, lines, events);
        Contender Of(IPipelineSubject subject, ContenderRole role) => PipelineComparison.Contender(subject, role, lines, events);
        return
        [
            Of(Akka(system, 1), ContenderRole.Subject),
            Of(Akka(system, 2), ContenderRole.Variant),
            Of(Embedded(1), ContenderRole.Baseline),
            Of(Embedded(2), ContenderRole.Baseline),
            Of(new HandWrittenStream(system, asynchronous: false), ContenderRole.Baseline),
            Of(new HandWrittenStream(system, asynchronous: true), ContenderRole.Baseline),
        ];
    }

    private static void RequireSameCounts(ActorSystem system, ReadOnlyMemory<byte> lines, int events)
    {
        var expected = new ExactCounts();
        Embedded(1, expected).Run(lines, events);
        Func<ExactCounts, IPipelineSubject>[] others =
        [
            counts => Embedded(2, counts),
            counts => Akka(system, 1, counts),
            counts => Akka(system, 2, counts),
            counts => new HandWrittenStream(system, asynchronous: false) { Exact = counts },
            counts => new HandWrittenStream(system, asynchronous: true) { Exact = counts },
        ];
        foreach (var other in others)
        {
            var counts = new ExactCounts();
            var subject = other(counts);
            subject.Run(lines, events);
            if (!counts.SameAs(expected))
            {
                throw new InvalidOperationException($"{subject.Name} counted {counts.Total} of {events} events, embedded {expected.Total}: not the same job.");
            }
        }
    }

    private static EnginePipeline Embedded(int lanes, ExactCounts? exact = null) => new(lanes, "embedded") { Exact = exact };

    private static EnginePipeline Akka(ActorSystem system, int lanes, ExactCounts? exact = null) =>
        new(lanes, "akka", options => new AkkaRuntime(system, options)) { Exact = exact };

    private static ActorSystem StartSystem()
    {
        var system = ActorSystem.Create("compare", "akka { loglevel = ERROR, stdout-loglevel = ERROR }");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => system.Terminate().Wait(TimeSpan.FromSeconds(5));
        return system;
    }
}
