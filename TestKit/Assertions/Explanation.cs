using System.Text;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit.Assertions;

/// <summary>Why a group has the value it has, in words.</summary>
internal static class Explanation
{
    /// <summary>Lines about the rows that could have counted in a group, and about those that could have been anywhere.</summary>
    public static string OfGroup(IEnumerable<RowVerdict> verdicts, TimeWindow window, string key)
    {
        var all = verdicts.ToList();
        var text = new StringBuilder();
        Section(text, "Rows of this group", all.Where(verdict => verdict.Window == window && verdict.Key == key || (verdict.Window is null && verdict.Key == key && IsInside(verdict, window))));
        Section(text, "Rows of other groups of this window", all.Where(verdict => verdict.Key != key && verdict.Key is not null && (verdict.Window == window || (verdict.Window is null && IsInside(verdict, window)))));
        Section(text, "Rows that reached no group", all.Where(verdict => verdict.Key is null && (verdict.EventMs is null || IsInside(verdict, window))));
        return text.ToString();
    }

    public static string OfFate(IEnumerable<RowVerdict> verdicts)
    {
        var text = new StringBuilder();
        Section(text, "Rows", verdicts);
        return text.ToString();
    }

    /// <summary>A line about fields that nothing can be grouped by any more.</summary>
    public static string OfFields(DataMap map)
    {
        var dropped = map.Fields.Where(field => field.Treatment is DropTreatment).Select(field => $"'{field.Name}'").ToList();
        var changed = map.Fields.Where(field => field.Treatment is not null and not DropTreatment).Select(field => $"'{field.Name}' by {field.Treatment!.Description}").ToList();
        return (dropped.Count == 0 ? string.Empty : $"{Environment.NewLine}Fields dropped by their treatment: {string.Join(", ", dropped)}.")
            + (changed.Count == 0 ? string.Empty : $"{Environment.NewLine}Fields changed by their treatment: {string.Join(", ", changed)}.");
    }

    private static bool IsInside(RowVerdict verdict, TimeWindow window) => verdict.EventMs >= window.StartMs && verdict.EventMs < window.EndMs;

    private static void Section(StringBuilder text, string heading, IEnumerable<RowVerdict> verdicts)
    {
        var byWhy = verdicts.GroupBy(verdict => verdict.Why).ToList();
        if (byWhy.Count == 0)
        {
            return;
        }

        text.AppendLine().Append(heading).Append(':');
        foreach (var group in byWhy)
        {
            text.AppendLine().Append("  ").Append(Instants.Rows(group.Select(verdict => verdict.Row))).Append(": ").Append(group.Key);
        }
    }
}
