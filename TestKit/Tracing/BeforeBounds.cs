using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit.Rows;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>Says where rows stayed that did not reach the bounds of a branch.</summary>
internal sealed class BeforeBounds(PlanTrace trace)
{
    public RowVerdict Judge(BranchPlan branch, long row)
    {
        var verdict = trace.Rows.DeadLetterOf(row) is { } letter
            ? Refused(row, letter.Reason, letter.Field.Length == 0 ? string.Empty : $" (field '{letter.Field}')")
            : Walk(branch, row);
        return verdict with { EventMs = trace.Rows.Times(row)?.EventMs };
    }

    public static RowVerdict Refused(long row, DeadLetterReason reason, string place) => new(row, FateOf(reason), Words(reason) + place) { Reason = reason };

    private RowVerdict Walk(BranchPlan branch, long row)
    {
        var isBehindParser = false;
        foreach (var stage in trace.Original.Shared.Concat(trace.Original.BySubject).Concat(branch.Rows))
        {
            if (!trace.Rows.Saw(stage.Name, isOut: false, row))
            {
                return isBehindParser ? Arrival(row) : new RowVerdict(row, RowFate.LeftOut, $"it did not come to stage '{stage.Name}'");
            }

            if (!trace.Rows.Saw(stage.Name, isOut: true, row))
            {
                return new RowVerdict(row, RowFate.LeftOut, $"stage '{stage.Name}' left it out or took it in");
            }

            isBehindParser = stage.IsParser;
        }

        return isBehindParser ? Arrival(row) : new RowVerdict(row, RowFate.LeftOut, "it did not come to the bounds");
    }

    // Behind the parser stands the stage that judges times; it counts rows without naming them.
    private RowVerdict Arrival(long row)
    {
        var settings = trace.Original.Settings;
        if (trace.Rows.Times(row) is not { } times)
        {
            return new RowVerdict(row, RowFate.LeftOut, "it has no times");
        }

        if (settings.TimeRange is { } range && (times.EventMs < range.StartMs || times.EventMs >= range.EndMs))
        {
            return Refused(row, DeadLetterReason.TimeOutOfRange, $": its event at {Instants.Text(times.EventMs)} lies outside {range}");
        }

        var arrival = trace.Original.Arrival switch
        {
            ArrivalMode.Ingest => times.SeenMs,
            ArrivalMode.Field => times.ArrivalMs ?? times.EventMs,
            _ => times.EventMs,
        };
        var delay = TimeSpan.FromMilliseconds(arrival - times.EventMs);
        return delay > settings.AllowedLateness
            ? Refused(row, DeadLetterReason.Late, $": it arrived {delay} after its event, allowed are {settings.AllowedLateness}")
            : Refused(row, DeadLetterReason.Early, $": it arrived {-delay} before its event, allowed are {settings.AllowedSkew}");
    }

    private static RowFate FateOf(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Late => RowFate.Late,
        DeadLetterReason.Early => RowFate.Early,
        DeadLetterReason.AfterFiring => RowFate.AfterFiring,
        DeadLetterReason.UnknownKey => RowFate.UnknownKey,
        DeadLetterReason.Duplicate => RowFate.LeftOut,
        _ => RowFate.DeadLetter,
    };

    private static string Words(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.AfterFiring => "its window had fired before it came, or had begun before the input did",
        DeadLetterReason.UnknownKey => "its group is not among the known keys",
        _ => string.Concat(reason.ToString().Select((letter, i) => char.IsUpper(letter) ? (i == 0 ? string.Empty : " ") + char.ToLowerInvariant(letter) : letter.ToString())),
    };
}
