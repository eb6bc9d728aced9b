using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Dedup;

/// <summary>Lets a subject's event pass once: a row is taken out when an earlier one of the same subject has the same
/// event id and an event time within the horizon.</summary>
/// <param name="subject">The column of the privacy unit's tokens. Ids are compared within one subject only, so that nobody's
/// rows can take out another's.</param>
/// <param name="id">The column of event ids: a text, a number or a token. A row without an id always passes.</param>
/// <param name="horizon">How far apart in event time two rows may be to count as the same event: 0 to 366 days.</param>
public sealed class DedupOperator(string subject, string id, TimeSpan horizon) : RowOperator
{
    /// <summary>The most ids that may be remembered in each lane.</summary>
    public const int LargestMaxIds = 200_000_000;

    /// <summary>Ids that are remembered unless another number is given.</summary>
    public const int DefaultMaxIds = 1_000_000;

    private static readonly TimeSpan LongestHorizon = TimeSpan.FromDays(366);

    /// <inheritdoc />
    public override string Kind => "dedup";

    /// <summary>The column of the privacy unit's tokens.</summary>
    public string Subject { get; } = subject;

    /// <summary>The column of event ids.</summary>
    public string Id { get; } = id;

    /// <summary>How far apart in event time two rows of one event may be.</summary>
    public TimeSpan Horizon { get; } = horizon;

    /// <summary>How many ids each lane remembers, 1 to <see cref="LargestMaxIds"/>, at 24 bytes in the stored state and up to
    /// 96 in memory. One more ends the run with an error; nothing is lost. Not in the plan hash, so it may be raised at any
    /// time. Default: 1,000,000.</summary>
    public int MaxIds { get; init; } = DefaultMaxIds;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        CheckSubject(input, errors);
        CheckId(input, errors);
        if (Horizon < TimeSpan.Zero || Horizon > LongestHorizon || Horizon.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            errors.Add(this, $"horizon {Horizon} is out of range; it must be from 0 to 366 days, in whole milliseconds");
        }

        if (MaxIds is < 1 or > LargestMaxIds)
        {
            errors.Add(this, $"max-ids {MaxIds} is out of range; it must be from 1 to {LargestMaxIds}");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        var columns = new DedupColumns(input.IndexOf(Subject), input.IndexOf(Id), input.Find(Id)!.Type);
        var horizonMs = (long)Horizon.TotalMilliseconds;
        return new RowPlan(
            input,
            () => new DedupStage(columns, horizonMs, MaxIds),
            string.Create(CultureInfo.InvariantCulture, $"dedup(subject={Subject},id={Id},horizon-ms={horizonMs})"),
            Stability.OneToOne)
        {
            BySubject = true,
            SubjectSlot = columns.Subject,
        };
    }

    private void CheckSubject(RowSchema input, PlanErrors errors)
    {
        if (input.Find(Subject) is not { } column)
        {
            errors.Add(this, $"there is no field '{Subject}' to tell subjects apart; there are {input.Names()}");
        }
        else if (column.Type != ColumnType.Token)
        {
            errors.Add(this, $"field '{Subject}' is of type {column.Type}; subjects are told apart by a token: tokenize the field first");
        }
    }

    private void CheckId(RowSchema input, PlanErrors errors)
    {
        if (input.Find(Id) is not { } column)
        {
            errors.Add(this, $"there is no field '{Id}' with event ids; there are {input.Names()}");
        }
        else if (column.IsRaw)
        {
            errors.Add(this, $"field '{Id}' is an identifier in the clear; treat it first");
        }
        else if (column.Type == ColumnType.Time)
        {
            errors.Add(this, $"field '{Id}' is a time; an event id is a text, a number or a token");
        }
        else if (Id == Subject)
        {
            errors.Add(this, $"field '{Id}' names the subject; an event id tells a subject's events apart");
        }
    }
}

/// <summary>Where a dedup stage finds its columns.</summary>
/// <param name="Subject">Slot of the subjects.</param>
/// <param name="Id">Slot of the ids.</param>
/// <param name="Type">How the ids are held.</param>
internal readonly record struct DedupColumns(int Subject, int Id, ColumnType Type);
