using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Look-ups in static tables as a part of a graph.</summary>
public static class EnrichExtensions
{
    /// <summary>Adds columns of a static table, and applies their treatments. See <see cref="EnrichOperator"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="field">The field that holds the key.</param>
    /// <param name="table">The table.</param>
    /// <param name="missing">What to do with a row whose key is not in it. Default: the new columns are missing.</param>
    /// <param name="defaults">Values for <see cref="MissingKey.Default"/>, by column. Default: none.</param>
    /// <returns>The longer rows.</returns>
    public static Source<TokenizedRows, TMat> Enrich<TMat>(
        this Source<TokenizedRows, TMat> source,
        string field,
        LookupTableOptions table,
        MissingKey missing = MissingKey.Empty,
        IReadOnlyDictionary<string, string>? defaults = null) => source.Via(Flow(field, table, missing, defaults));

    /// <summary>Adds columns of a static table, and applies their treatments. See <see cref="EnrichOperator"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="field">The field that holds the key.</param>
    /// <param name="table">The table.</param>
    /// <param name="missing">What to do with a row whose key is not in it. Default: the new columns are missing.</param>
    /// <param name="defaults">Values for <see cref="MissingKey.Default"/>, by column. Default: none.</param>
    /// <returns>The longer rows.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Enrich<TIn, TMat>(
        this Flow<TIn, TokenizedRows, TMat> flow,
        string field,
        LookupTableOptions table,
        MissingKey missing = MissingKey.Empty,
        IReadOnlyDictionary<string, string>? defaults = null)
        where TIn : IStreamState => flow.Via(Flow(field, table, missing, defaults));

    /// <summary>The look-up and the treatments of what it adds, in order.</summary>
    /// <param name="lookup">The look-up.</param>
    /// <param name="table">Its table.</param>
    /// <returns>The nodes.</returns>
    public static IReadOnlyList<RowOperator> WithTreatments(RowOperator lookup, LookupTableOptions table) =>
        [lookup, .. table.Columns.Where(column => column.Treatment is not null).Select(column => column.Treatment!.ToOperator(column))];

    /// <summary>A flow of several operators.</summary>
    internal static Flow<TokenizedRows, TokenizedRows, NotUsed> Chain(IReadOnlyList<RowOperator> operators) =>
        operators.Aggregate(Engine.Graphs.Flow.Of<TokenizedRows>(), (flow, next) => flow.Via(Engine.Graphs.Flow.FromOperator(next)));

    private static Flow<TokenizedRows, TokenizedRows, NotUsed> Flow(
        string field, LookupTableOptions table, MissingKey missing, IReadOnlyDictionary<string, string>? defaults) =>
        Chain(WithTreatments(new EnrichOperator(field, table) { Missing = missing, Defaults = defaults ?? new Dictionary<string, string>() }, table));
}
