using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>Prints a privacy plan for people.</summary>
internal static class PrivacyPlanText
{
    public static void Write(PrivacyPlanReport plan, TextWriter output)
    {
        output.WriteLine($"Privacy plan of pipeline '{plan.Pipeline}' (plan {plan.PlanHash})");
        output.WriteLine($"Source: {plan.Source.Type} from {plan.Source.Path}; arrival: {plan.Source.Arrival}, lateness up to {Durations.Text(plan.Source.AllowedLatenessSeconds)}, skew up to {Durations.Text(plan.Source.AllowedSkewSeconds)}");
        output.WriteLine();
        Fields(plan, output);
        Unit(plan, output);
        Queries(plan, output);
        Errors(plan, output);
        Budget(plan, output);
        Node(plan.Node, output);
        foreach (var warning in plan.Warnings)
        {
            output.WriteLine($"Warning: {warning}.");
        }
    }

    private static void Node(NodeReport? node, TextWriter output)
    {
        if (node is not null)
        {
            var seeds = node.Seeds.Count == 0 ? "no seeds: it starts a cluster of its own" : $"seeds {string.Join(", ", node.Seeds)}";
            output.WriteLine($"Node '{node.Name}' of the cluster '{node.System}', roles {string.Join(", ", node.Roles)}; {seeds}");
            output.WriteLine($"  budgets in the {node.Ledger}, journal {node.JournalProvider}; nodes of one cluster have settings {node.SettingsHash} and version {node.Version}");
            output.WriteLine();
        }
    }

    private static void Fields(PrivacyPlanReport plan, TextWriter output)
    {
        output.WriteLine("Fields (all others are dropped and counted)");
        var table = new TextTable("field", "from", "type", "class", "treatment", "purposes", "retention");
        foreach (var field in plan.Fields)
        {
            var purposes = field.Purposes.Count == 0 ? "-" : string.Join(", ", field.Purposes);
            var retention = field.RetentionSeconds == 0 ? "window" : Durations.Text(field.RetentionSeconds);
            var role = field.Role == "none" ? field.Treatment : $"role {field.Role}";
            table.Add(field.Name, field.From, field.Type, field.Class, role, purposes, retention);
        }

        table.Write(output);
        output.WriteLine();
    }

    private static void Unit(PrivacyPlanReport plan, TextWriter output)
    {
        var sample = plan.PrivacyUnit.SampleRate < 1 ? FormattableString.Invariant($"; a sample of {plan.PrivacyUnit.SampleRate:0.##%} of them is kept") : string.Empty;
        output.WriteLine($"Privacy unit: all rows of one '{plan.PrivacyUnit.Subject}' within {Durations.Text(plan.PrivacyUnit.PeriodSeconds)}{sample}");
        output.WriteLine();
    }

    private static void Queries(PrivacyPlanReport plan, TextWriter output)
    {
        output.WriteLine("Queries: bounds a subject (L0 groups a window, Linf a group, W windows a period), sensitivity, cost");
        var table = new TextTable("query", "aggregate", "window", "group by", "keys", ">L0", ">Linf", ">W", ">stability", ">sensitivity", "mechanism", "a window costs", "a period costs");
        foreach (var query in plan.Queries)
        {
            table.Add(
                query.Name, query.Aggregate, Window(query), query.GroupBy.Count == 0 ? "-" : string.Join(", ", query.GroupBy),
                query.Keys == "known" ? $"{query.KnownKeys} known" : query.Keys, $"{query.Bounds.Groups}", Number(query.ContributionPerGroup), $"{query.Bounds.Windows}",
                $"{query.Stability}", Number(query.Sensitivity), query.Noise.Mechanism, Cost(query.WindowCost), Cost(query.PeriodCost));
        }

        table.Write(output);
        output.WriteLine();
        output.WriteLine("Composition groups (queries over the same bounded contributions; the W dearest windows of a period are charged)");
        var groups = new TextTable("group", "queries", "a window costs", ">windows", "a period costs");
        foreach (var group in plan.CompositionGroups)
        {
            groups.Add(group.Name, string.Join(", ", group.Queries), Cost(group.WindowCost), $"{group.Windows}", Cost(group.PeriodCost));
        }

        groups.Write(output);
        output.WriteLine();
    }

    private static void Errors(PrivacyPlanReport plan, TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant($"Expected error of each published number ({plan.Confidence:0.##%} of them lie within it)"));
        var table = new TextTable("query", ">+-", ">scale", ">standard deviation", "a key is published");
        foreach (var query in plan.Queries)
        {
            var keys = query.KeySelection is { } selection
                ? $"with even chance from {selection.SubjectsForHalf} subjects, surely from {selection.SubjectsForCertain}"
                : "always";
            table.Add(query.Name + (query.Noise.AtSubjects is { } subjects ? $" (of {subjects} subjects)" : string.Empty), Number(query.Noise.HalfWidth), Number(query.Noise.Scale), Number(query.Noise.StandardDeviation), keys);
        }

        table.Write(output);
        foreach (var query in plan.Queries.Where(query => query.Noise.Reason is not null))
        {
            if (query.Noise.ChosenKeys is not null)
            {
                output.WriteLine($"  {query.Name}: {query.Noise.Reason}{(query.Noise.ValuesHalfWidth is { } width ? $"; their values are published within {Number(width)}" : string.Empty)}.");
                continue;
            }

            output.WriteLine($"  {query.Name}: {query.Noise.Reason}. The error above is that of the worst total; one cost pays for all totals until the next start.");
        }

        output.WriteLine();
    }

    private static void Budget(PrivacyPlanReport plan, TextWriter output)
    {
        var period = plan.Period;
        output.WriteLine($"Budget of account '{plan.Account.Name}' each {Durations.Text(plan.Account.PeriodSeconds)} ({plan.Account.Measure}): {Cost(period.Budget)}");
        output.WriteLine($"  a period costs {Cost(period.Cost)}; left when all is charged: {Cost(period.Left)}");
        output.WriteLine($"  counted as the {period.Composition.Rule}: {period.Composition.Reason}");
        output.WriteLine($"  the same releases come to {period.Tight}; the account counts what is charged");
        var charged = $"after {period.ChargedWindows} windows, {Durations.Text(period.ChargedAfterSeconds)} into a period";
        output.WriteLine(period.Fits
            ? $"  never overspent: the charge stands {charged}; the period's other windows cost nothing more"
            : $"  spent {charged}; from then on releases are withheld until the next period");
        output.WriteLine();
    }

    private static string Window(QueryReport query) => query.SlideSeconds == query.WindowSeconds
        ? Durations.Text(query.WindowSeconds)
        : $"{Durations.Text(query.WindowSeconds)} every {Durations.Text(query.SlideSeconds)}";

    private static string Cost(CostReport cost) => cost.ToString();

    private static string Number(decimal value) => FormattableString.Invariant($"{value:0.############}");

    private static string Number(double value) => FormattableString.Invariant($"{value:0.##}");
}
