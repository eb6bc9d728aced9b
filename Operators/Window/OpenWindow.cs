using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <summary>The state of one window, or of one pane of sliding windows, in one lane; recycled after firing.</summary>
internal sealed class OpenWindow
{
    // The state's objects and array headers, about.
    private const int ObjectBytes = 1024;

    private readonly BoundedWindowPlan _plan;
    private readonly bool _ownsGroups;

    /// <summary>Makes the state.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="layout">Layout of subjects.</param>
    /// <param name="known">The known groups, shared by all windows; null when keys are unknown.</param>
    public OpenWindow(BoundedWindowPlan plan, SubjectLayout layout, GroupTable? known)
    {
        _plan = plan;
        _ownsGroups = known is null;
        Groups = known ?? new GroupTable();
        Subjects = new SubjectTable(layout, Groups);
    }

    /// <summary>The window or pane.</summary>
    public TimeWindow Window { get; private set; }

    /// <summary>Its start.</summary>
    public long StartMs => Window.StartMs;

    /// <summary>Rows that were added, also those beyond a bound.</summary>
    public long Rows { get; set; }

    /// <summary>Its groups.</summary>
    public GroupTable Groups { get; }

    /// <summary>Its subjects.</summary>
    public SubjectTable Subjects { get; }

    /// <summary>Bytes held, objects included.</summary>
    public long Bytes => ObjectBytes + Subjects.Bytes + (_ownsGroups ? Groups.Bytes : 0);

    /// <summary>Bytes that were noted for it.</summary>
    public long NotedBytes { get; set; }

    /// <summary>Takes the empty state into use.</summary>
    /// <param name="window">The window or pane.</param>
    /// <param name="priorityMs">What the order of a subject's groups is drawn from: the window's start, and for panes the
    /// period's, since all panes of a window must agree on the order.</param>
    public void Open(TimeWindow window, long priorityMs)
    {
        Window = window;
        Subjects.Open(priorityMs);
    }

    /// <summary>Adds what a pane holds.</summary>
    /// <param name="pane">The pane.</param>
    public void Absorb(OpenWindow pane)
    {
        Rows += pane.Rows;
        Subjects.Absorb(pane.Subjects, _ownsGroups ? Groups.Absorb(pane.Groups, _plan) : null);
    }

    /// <summary>What the subjects contribute.</summary>
    /// <param name="window">The window.</param>
    /// <param name="totals">Scratch.</param>
    /// <param name="used">Windows used up in the accounting period; null when that cannot bind.</param>
    /// <returns>The aggregate: groups in which somebody counts, none if nobody does.</returns>
    public WindowAggregate Fire(TimeWindow window, GroupTotals totals, WindowsUsed? used)
    {
        totals.Reset(Groups.Count);
        Subjects.Fire(totals, _plan, used);
        var aggregate = new WindowAggregate(window, _plan.GroupBy.Count, _plan.ColumnCount);
        for (var group = 0; group < Groups.Count; group++)
        {
            if (totals.Subjects[group] > 0)
            {
                var index = aggregate.GetOrAdd(Groups.Key(group));
                aggregate.Add(index, totals.Rows[group], totals.Subjects[group]);
                for (var i = 0; i < totals.SumCount; i++)
                {
                    aggregate.AddSum(index, i, totals.Sums(i)[group]);
                }
            }
        }

        return aggregate;
    }

    /// <summary>Bytes that must be there before so many rows can be added.</summary>
    /// <param name="rows">How many.</param>
    /// <returns>Size of the tables that would replace those that are full; 0 when none is.</returns>
    public long GrowthFor(int rows) => Subjects.GrowthFor(rows) + (_ownsGroups ? Groups.GrowthFor(rows) : 0);

    /// <summary>Forgets groups that no subject counts in, if they are at least half of all.</summary>
    /// <returns>Whether anything went.</returns>
    public bool Compact() => _ownsGroups && Groups.Count > 1024 && Subjects.Compact(Groups, _plan);

    /// <summary>Writes groups and subjects.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        if (_ownsGroups)
        {
            Groups.Write(writer);
        }

        Subjects.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote into the empty, open window.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader)
    {
        if (_ownsGroups)
        {
            Groups.Read(reader, _plan);
        }

        Subjects.Read(reader);
    }

    /// <summary>Empties the state.</summary>
    public void Clear()
    {
        Rows = 0;
        Subjects.Clear();
        if (_ownsGroups)
        {
            Groups.Clear();
        }
    }
}
