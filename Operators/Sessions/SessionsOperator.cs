using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Sessions;

/// <summary>Makes one row of each session: a subject's rows that follow one another by at most the gap. The row has the
/// session's start as its event time, the subject, <c>duration</c>, <c>events</c>, and a <c>first-x</c> or <c>last-x</c> for
/// fields that are asked for. See the README beside this file.</summary>
/// <param name="subject">The column of the privacy unit's tokens.</param>
/// <param name="gap">A session ends when the subject has no row for longer than this: 1 second to the longest session.</param>
/// <param name="maxLength">Sessions are cut at the multiples of this, counted from the Unix epoch in UTC, so none is longer:
/// up to the accounting period, and divides it.</param>
public sealed class SessionsOperator(string subject, TimeSpan gap, TimeSpan maxLength) : RowOperator
{
    /// <summary>The largest <see cref="MaxSessions"/>.</summary>
    public const int LargestMaxSessions = 100_000_000;

    /// <inheritdoc />
    public override string Kind => "sessions";

    /// <inheritdoc />
    public override bool FollowsWindows => true;

    /// <summary>The column of the privacy unit's tokens.</summary>
    public string Subject { get; } = subject;

    /// <summary>The longest pause inside a session.</summary>
    public TimeSpan Gap { get; } = gap;

    /// <summary>What sessions are cut by.</summary>
    public TimeSpan MaxLength { get; } = maxLength;

    /// <summary>Fields of which a session keeps the first value. Default: none.</summary>
    public IReadOnlyList<string> First { get; init; } = [];

    /// <summary>Fields of which a session keeps the last value. Default: none.</summary>
    public IReadOnlyList<string> Last { get; init; } = [];

    /// <summary>How many sessions each lane holds at most, 1 to <see cref="LargestMaxSessions"/>. One more ends the run with an
    /// error; nothing is lost. Not in the plan hash. Default: 1,000,000.</summary>
    public int MaxSessions { get; init; } = 1_000_000;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (input.Find(Subject) is not { Type: ColumnType.Token })
        {
            errors.Add(this, $"sessions are a subject's, and '{Subject}' is no token here; there are {input.Names()}");
        }

        if (input.Columns.FirstOrDefault(pair => pair.Column.LargestWeight > 0).Column is { } weight)
        {
            errors.Add(this, $"rows have weights here, '{weight.Name}': a session of rows that were kept with different probabilities has none");
        }

        CheckTimes(errors);
        foreach (var name in First.Concat(Last))
        {
            CheckField(input, name, errors);
        }

        if (First.Distinct().Count() != First.Count || Last.Distinct().Count() != Last.Count)
        {
            errors.Add(this, "a field is listed twice");
        }

        return errors.All.Count > before ? null : Resolve(input);
    }

    private void CheckTimes(PlanErrors errors)
    {
        if (MaxLength < TimeSpan.FromSeconds(1) || MaxLength > TimeSpan.FromDays(366) || MaxLength.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            errors.Add(this, $"max-length {MaxLength} is out of range; it must be from 1 second to the accounting period, and divide it");
        }

        if (Gap < TimeSpan.FromSeconds(1) || Gap > MaxLength || Gap.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            errors.Add(this, $"gap {Gap} is out of range; it must be from 1 second to max-length ({MaxLength})");
        }

        if (MaxSessions is < 1 or > LargestMaxSessions)
        {
            errors.Add(this, $"max-sessions {MaxSessions} is out of range; it must be from 1 to {LargestMaxSessions}");
        }
    }

    private void CheckField(RowSchema input, string name, PlanErrors errors)
    {
        if (input.Find(name) is not { } column)
        {
            errors.Add(this, $"there is no field '{name}' of which to keep a value; there are {input.Names()}");
        }
        else if (column.IsRaw || column.Type is not (ColumnType.Text or ColumnType.Int64))
        {
            errors.Add(this, $"field '{name}' is a token, a time or an identifier in the clear; a session keeps texts and numbers");
        }
    }

    private RowPlan Resolve(RowSchema input)
    {
        var output = input;
        foreach (var (_, column) in input.Columns.Skip(2).Where(pair => pair.Column.Name != Subject).ToList())
        {
            output = output.Remove(column.Name);
        }

        var fields = new List<SessionField>();
        Add("duration", new ColumnDefinition("duration", ColumnType.Int64, FieldClass.Measure) { Resolution = 0.001m });
        Add("events", new ColumnDefinition("events", ColumnType.Int64, FieldClass.Measure));
        var (duration, events) = (output.IndexOf("duration"), output.IndexOf("events"));
        First.ToList().ForEach(name => Keep(name, isLast: false));
        Last.ToList().ForEach(name => Keep(name, isLast: true));
        var columns = new SessionColumns(input.IndexOf(Subject), duration, events, fields);
        var (gapMs, maxMs) = ((long)Gap.TotalMilliseconds, (long)MaxLength.TotalMilliseconds);
        return new RowPlan(
            output,
            () => new SessionsStage(columns, gapMs, maxMs, MaxSessions),
            string.Create(CultureInfo.InvariantCulture, $"sessions(subject={Subject},gap-ms={gapMs},max-length-ms={maxMs},first={string.Join('+', First)},last={string.Join('+', Last)})"),
            Stability.OneToOne)
        {
            // Rows of one subject become rows of that subject, and rows of one period rows of that period.
            BySubject = true,
            SubjectSlot = columns.Subject,
            HoldMs = maxMs,
        };

        void Add(string name, ColumnDefinition column) => output = output.Remove(name).Add(column);

        void Keep(string name, bool isLast)
        {
            var column = input.Find(name)!;
            var kept = $"{(isLast ? "last" : "first")}-{name}";
            Add(kept, column with { Name = kept });
            fields.Add(new SessionField(input.IndexOf(name), output.IndexOf(kept), column.Type, isLast));
        }
    }
}

/// <summary>Where a sessions stage finds and puts its columns.</summary>
/// <param name="Subject">Slot of the subjects, in both.</param>
/// <param name="Duration">Slot of the durations that leave.</param>
/// <param name="Events">Slot of the numbers of events that leave.</param>
/// <param name="Fields">The values that are kept.</param>
internal sealed record SessionColumns(int Subject, int Duration, int Events, IReadOnlyList<SessionField> Fields);

/// <summary>A value that a session keeps.</summary>
/// <param name="From">Slot in the rows.</param>
/// <param name="To">Slot in the sessions.</param>
/// <param name="Type">Text or Int64.</param>
/// <param name="IsLast">Whether the last value is kept, and not the first.</param>
internal sealed record SessionField(int From, int To, ColumnType Type, bool IsLast);
