using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AkkaPrivacy.LoadTests.Measuring;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary><c>compare pipeline</c>: from JSON lines to noised counts.</summary>
internal static class PipelineComparison
{
    /// <summary>Which events are made.</summary>
    public const int Seed = 20260301;

    private const int DefaultEvents = 1_000_000;
    private const int MaxEvents = 20_000_000;

    // Passes over a few events, of which a hundred take less than a second.
    private const int BriefPasses = 100;
    private const int BriefEvents = 2_000;

    // Sampling by different hashes keeps different halves of the users; their events differ by well under 1%.
    private const double Tolerance = 0.03;

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var events = CreateEventsOption();
        return new ComparisonCommand(
            "pipeline",
            $"Count {JsonLines.LineBytes}-byte JSON events per page and minute: token, half of the users kept, bounded, noised.",
            """

            Events are in memory, of 50,000 users and 100 pages. A user counts at most 10 times on each of at most 5
            pages in a window.

            loop         baseline: per event Utf8JsonReader, HMACSHA256.HashData, dictionaries
            cached-loop  baseline: the same, with all tokens remembered by user
            """,
            parsed => Contenders(parsed.GetValue(events)))
        {
            events,
        };
    }

    /// <summary>The option <c>--events</c>.</summary>
    /// <returns>A new option.</returns>
    public static Option<int> CreateEventsOption() => new("--events")
    {
        Description = $"Events in a pass, 1 to {MaxEvents}; {JsonLines.EventsPerMinute} make a minute of event time and one window.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultEvents,
        CustomParser = ParseEvents,
    };

    /// <summary>A program as a contender.</summary>
    /// <param name="subject">The program.</param>
    /// <param name="role">Its role.</param>
    /// <param name="lines">The input.</param>
    /// <param name="events">Lines in it.</param>
    /// <returns>The contender.</returns>
    public static Contender Contender(IPipelineSubject subject, ContenderRole role, ReadOnlyMemory<byte> lines, int events) =>
        new(subject.Name, role, () =>
        {
            subject.Run(lines, events);
            return events;
        })
        {
            SteadyBytesPerEvent = () => subject.SteadyBytesPerEvent,
            Prepare = () => RunBriefly(subject, lines, Math.Min(events, BriefEvents)),
        };

    private static void RunBriefly(IPipelineSubject subject, ReadOnlyMemory<byte> lines, int events)
    {
        for (int pass = 0; pass < BriefPasses; pass++)
        {
            subject.Run(lines[..(events * JsonLines.LineBytes)], events);
        }
    }

    private static int ParseEvents(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens.Single().Value, CultureInfo.InvariantCulture, out int events) && events is >= 1 and <= MaxEvents)
        {
            return events;
        }

        result.AddError($"--events must be a number from 1 to {MaxEvents}.");
        return DefaultEvents;
    }

    private static List<Contender> Contenders(int events)
    {
        ReadOnlyMemory<byte> lines = JsonLines.Create(events, Seed);
        IPipelineSubject[] subjects = [new EnginePipeline(1), new EnginePipeline(2)];
        IPipelineSubject[] baselines = [new LoopBaseline(cached: false), new LoopBaseline(cached: true)];
        RequireSameJob(subjects, baselines, lines, events);
        return
        [
            .. subjects.Select((subject, i) => Contender(subject, i == 0 ? ContenderRole.Subject : ContenderRole.Variant, lines, events)),
            .. baselines.Select(baseline => Contender(baseline, ContenderRole.Baseline, lines, events)),
        ];
    }

    // A program that does less of the job would win.
    private static void RequireSameJob(IPipelineSubject[] subjects, IPipelineSubject[] baselines, ReadOnlyMemory<byte> lines, int events)
    {
        long expected = baselines[0].Run(lines, events);

        // Contenders keep the same share of users, but not the same users: with few events that alone makes a difference.
        double allowed = (Tolerance * expected) + (4 * Math.Sqrt(events));
        foreach (IPipelineSubject subject in subjects.Concat(baselines))
        {
            long counted = subject.Run(lines, events);
            if (Math.Abs(counted - expected) > allowed)
            {
                throw new InvalidOperationException($"{subject.Name} counted {counted} of {events} events, {baselines[0].Name} {expected}: not the same job.");
            }
        }
    }
}
