using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Enrich;

namespace AkkaPrivacy.Operators.Join;

/// <summary>Adds columns of a table that changes slowly: each key has versions, and a row gets the one that held at its event
/// time. The file is loaded when the graph is planned and again when it changes.</summary>
/// <param name="field">The rows' field that holds the key: a text or a whole number.</param>
/// <param name="table">The table; a key has one version at a time.</param>
/// <param name="validFrom">The table's column with the instant from which a version holds, until the next one of its key.</param>
public sealed class JoinOperator(string field, LookupTableOptions table, string validFrom) : RowOperator
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private ChangingTable? _table;
    private IReadOnlyList<string> _mistakes = [];

    /// <inheritdoc />
    public override string Kind => "join";

    /// <summary>The rows' field that holds the key.</summary>
    public string Field { get; } = field;

    /// <summary>The table.</summary>
    public LookupTableOptions Table { get; } = table;

    /// <summary>The table's column with the instant from which a version holds.</summary>
    public string ValidFrom { get; } = validFrom;

    /// <summary>What to do with a row whose key has no version at its event time. Default: its new columns are missing.</summary>
    public MissingKey Missing { get; init; }

    /// <summary>Values of the new columns by name, for <see cref="MissingKey.Default"/>. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = new Dictionary<string, string>();

    /// <summary>Tells whether the file has changed: another text, another content. Default: none; the file is then loaded
    /// once.</summary>
    public Func<string>? Stamp { get; init; }

    /// <summary>How often the stamp is looked at, 1 second to 366 days. Default: 30 seconds.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long before a version begins it must be in the file that is loaded again, 0 to 366 days; not less than the
    /// pipeline's allowed skew. Default: 10 minutes.</summary>
    public TimeSpan Lead { get; init; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        var columns = new LookupColumns(this, Field, Table, Missing, Defaults);
        columns.Check(input, errors);
        if (ReloadInterval < TimeSpan.FromSeconds(1) || ReloadInterval > Longest || Lead < TimeSpan.Zero || Lead > Longest)
        {
            errors.Add(this, "the interval of reloading is from 1 second to 366 days, the lead from 0 to 366 days");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        if (_table is null && _mistakes.Count == 0)
        {
            var keyType = input.Find(Field)!.Type;
            _table = ChangingTable.Load(this, () => new TableLoader(Table, keyType, ValidFrom, columns.DefaultTexts()), out _mistakes);
        }

        foreach (var mistake in _mistakes)
        {
            errors.Add(this, mistake);
        }

        if (_table is not { } source)
        {
            return null;
        }

        var layout = columns.Layout(input);
        return new RowPlan(
            columns.Output(input), () => new LookupStage(layout, source), $"join({Field},valid-from={ValidFrom},{columns.Description})", Stability.OneToOne);
    }
}
