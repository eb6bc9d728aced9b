using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Resolves a run of row operators against the columns they see.</summary>
internal sealed class RowPlanner(PlanErrors errors, string prefix = "")
{
    private readonly List<RowStagePlan> _stages = [];
    // The runtime puts a stage of that name behind the parser.
    private readonly HashSet<string> _names = ["arrival"];
    private DataMap? _map;

    public IReadOnlyList<RowStagePlan> Stages => _stages;

    public static List<GraphNode> CommonPrefix(List<QueryPath> paths)
    {
        var length = 0;
        while (paths.TrueForAll(path => path.Rows.Count > length && ReferenceEquals(path.Rows[length], paths[0].Rows[length]) && path.Rows[length] is not RowOperator { FollowsWindows: true }))
        {
            length++;
        }

        return [.. paths[0].Rows.Take(length)];
    }

    public RowSchema? Plan(RowSchema? schema, IEnumerable<GraphNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (schema is null)
            {
                return null;
            }

            schema = node switch
            {
                ParseOperator parse => Parse(parse, schema),
                TreatmentNode treatment => Treat(treatment, schema),
                RowOperator rowOperator => Add(rowOperator, schema, rowOperator.Kind),
                _ => throw new InvalidOperationException($"'{node.Kind}' is not a row operator."),
            };
        }

        return schema;
    }

    private RowSchema? Parse(ParseOperator parse, RowSchema schema)
    {
        _map = parse.Map;
        return Add(parse, schema, parse.Kind);
    }

    private RowSchema? Treat(TreatmentNode node, RowSchema schema)
    {
        if (_map is null)
        {
            errors.Add(node, "rows are tokenized before they are parsed: a parser with a data map stands first");
            return null;
        }

        var (treated, sound) = (schema, true);
        foreach (var field in _map.Fields.Where(field => field.Treatment is not null))
        {
            var next = Add(field.Treatment!.ToOperator(field), treated, $"treat:{field.Name}");
            (treated, sound) = (next ?? treated, sound && next is not null);
        }

        if (!sound)
        {
            return null;
        }

        foreach (var (_, column) in treated.Columns)
        {
            if (column.IsRaw)
            {
                errors.Add(node, $"column '{column.Name}' still holds identifiers in the clear behind the data map");
            }
        }

        return treated;
    }

    private RowSchema? Add(RowOperator rowOperator, RowSchema schema, string name)
    {
        var before = errors.All.Count;
        var plan = rowOperator.Plan(schema, errors);
        if (plan is null)
        {
            if (errors.All.Count == before)
            {
                errors.Add(rowOperator, $"stage '{rowOperator.Kind}' cannot be planned on the fields {schema.Names()}");
            }

            return null;
        }

        if (!plan.Stability.IsDeclared)
        {
            errors.Add(rowOperator, $"stage '{rowOperator.Kind}' declares no stability: one subject's rows could change others without limit, so no noise would suffice");
        }

        if (plan.BySubject && plan.Stability.Moves)
        {
            errors.Add(rowOperator, $"stage '{rowOperator.Kind}' remembers rows and declares stability {plan.Stability}: rows cannot move to other subjects behind the exchange by subject");
        }

        CheckColumns(rowOperator, schema, plan);
        _stages.Add(new RowStagePlan(Unique(prefix + name), plan, rowOperator is ParseOperator));
        return plan.Output;
    }

    private void CheckColumns(RowOperator rowOperator, RowSchema input, RowPlan plan)
    {
        foreach (var (slot, column) in input.Columns.Where(pair => pair.Column.Type == ColumnType.Token && !plan.Stability.Moves))
        {
            if (plan.Output.Find(column.Name)?.Type == ColumnType.Token && plan.Output.IndexOf(column.Name) != slot)
            {
                errors.Add(rowOperator, $"stage '{rowOperator.Kind}' replaces the tokens '{column.Name}' and declares stability {plan.Stability}: rows may move to other subjects, so declare Stability.AcrossSubjects, or give the new tokens another name");
            }
        }

        if (input.Columns.FirstOrDefault(pair => pair.Column.LargestWeight > 0).Column is { } weight && !plan.Output.Columns.Any(pair => pair.Column.LargestWeight > 0))
        {
            errors.Add(rowOperator, $"stage '{rowOperator.Kind}' takes the weights '{weight.Name}' of a weighted sample away, so results would describe the sample and not the whole");
        }
    }

    private string Unique(string name)
    {
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
        {
            unique = $"{name}-{i}";
        }

        return unique;
    }
}
