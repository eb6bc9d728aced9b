using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Adds columns of a static table to each row, by a key. The table is loaded when the graph is planned, and its content is
/// part of the plan hash.</summary>
/// <param name="field">The rows' field that holds the key: a text or a whole number.</param>
/// <param name="table">The table; its keys are unique.</param>
public sealed class EnrichOperator(string field, LookupTableOptions table) : RowOperator
{
    private LookupTable? _loaded;
    private IReadOnlyList<string> _mistakes = [];

    /// <inheritdoc />
    public override string Kind => "enrich";

    /// <summary>The rows' field that holds the key.</summary>
    public string Field { get; } = field;

    /// <summary>The table.</summary>
    public LookupTableOptions Table { get; } = table;

    /// <summary>What to do with a row whose key is not in the table. Default: its new columns are missing.</summary>
    public MissingKey Missing { get; init; }

    /// <summary>Values of the new columns by name, as they would stand in the file; for <see cref="MissingKey.Default"/>. A
    /// column that is not named is missing then. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        var columns = new LookupColumns(this, Field, Table, Missing, Defaults);
        columns.Check(input, errors);
        if (errors.All.Count > before)
        {
            return null;
        }

        // Planned more than once (checked, then run), loaded once: what was checked is what runs.
        if (_loaded is null && _mistakes.Count == 0)
        {
            var loader = new TableLoader(Table, input.Find(Field)!.Type, null, columns.DefaultTexts());
            (_loaded, _mistakes) = (loader.Load(), loader.Mistakes);
        }

        foreach (var mistake in _mistakes)
        {
            errors.Add(this, mistake);
        }

        if (_loaded is not { } table)
        {
            return null;
        }

        var layout = columns.Layout(input);
        return new RowPlan(
            columns.Output(input),
            () => new LookupStage(layout, new FixedTable(table)),
            $"enrich({Field},{columns.Description},content={table.Hash})",
            Stability.OneToOne);
    }
}

/// <summary>A table that never changes.</summary>
internal sealed class FixedTable(LookupTable table) : ITableSource
{
    public LookupTable Current(Engine.Stages.StageContext context) => table;
}
