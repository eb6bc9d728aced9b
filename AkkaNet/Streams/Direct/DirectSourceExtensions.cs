using Akka.Streams.Dsl;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AggregatedWindows = AkkaPrivacy.Engine.Graphs.AggregatedWindows;
using AggregateKind = AkkaPrivacy.Engine.Graphs.AggregateKind;
using AggregateNode = AkkaPrivacy.Engine.Graphs.AggregateNode;
using BoundedRows = AkkaPrivacy.Engine.Graphs.BoundedRows;
using BranchNode = AkkaPrivacy.Engine.Graphs.BranchNode;
using IStreamState = AkkaPrivacy.Engine.Graphs.IStreamState;
using RawLines = AkkaPrivacy.Engine.Graphs.RawLines;
using RawRows = AkkaPrivacy.Engine.Graphs.RawRows;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;
using RowOperator = AkkaPrivacy.Engine.Graphs.RowOperator;
using SlidingWindowNode = AkkaPrivacy.Engine.Graphs.SlidingWindowNode;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;
using TreatmentNode = AkkaPrivacy.Engine.Graphs.TreatmentNode;
using TumblingWindowNode = AkkaPrivacy.Engine.Graphs.TumblingWindowNode;
using WindowedRows = AkkaPrivacy.Engine.Graphs.WindowedRows;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The product's stages on Akka's own <see cref="Source{TOut,TMat}"/>, typed by privacy state: from lines to released
/// values. Each is the first or a later step of a graph that is planned, checked and started when it is materialised; mistakes
/// fail <see cref="DirectRun.Completion"/> with a <see cref="Engine.Planning.PlanException"/> that lists all.</summary>
public static class DirectSourceExtensions
{
    /// <summary>Gathers lines of text into batches: when one is full, or after <see cref="DirectPipeline.GatherFor"/>. The
    /// lines are not repeated: what was read after the last stored state is lost when the run fails. A completion of the lines
    /// is the end of the input, which closes all windows.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines, without line feeds.</param>
    /// <param name="pipeline">Keys, ledger, store, name, account, time rules.</param>
    /// <returns>The lines in batches; a parser follows.</returns>
    public static Source<Batch<RawLines>, TMat> InBatches<TMat>(this Source<string, TMat> source, DirectPipeline pipeline) =>
        source.Select(line => new InputLine(-1, line)).Via(new DirectEntry(() => new DirectSession(pipeline)));

    /// <summary>Gathers numbered lines into batches. Lines whose offsets the stored state has seen are passed over, so a source
    /// that starts again at its beginning, or anywhere before the stored place, loses and repeats nothing.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines, in order of their offsets.</param>
    /// <param name="pipeline">Keys, ledger, store, name, account, time rules.</param>
    /// <returns>The lines in batches; a parser follows.</returns>
    public static Source<Batch<RawLines>, TMat> InBatches<TMat>(this Source<InputLine, TMat> source, DirectPipeline pipeline) =>
        source.Via(new DirectEntry(() => new DirectSession(pipeline)));

    /// <summary>Parses JSON lines into the fields of a data map; other fields are dropped and counted.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="map">The fields.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<RawRows>, TMat> ParseJsonLines<TMat>(this Source<Batch<RawLines>, TMat> source, DataMap map) =>
        source.Via(new DirectStep<RawLines, RawRows>(new ParseJsonLines(map)));

    /// <summary>Parses access logs in the combined or common format into the fields of a data map.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="map">The fields.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<RawRows>, TMat> ParseCombinedLog<TMat>(this Source<Batch<RawLines>, TMat> source, DataMap map) =>
        source.Via(new DirectStep<RawLines, RawRows>(new ParseCombinedLog(map)));

    /// <summary>Applies every treatment of the data map: behind it no column holds an identifier in the clear.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<TokenizedRows>, TMat> Tokenize<TMat>(this Source<Batch<RawRows>, TMat> source) =>
        source.Via(new DirectStep<RawRows, TokenizedRows>(new TreatmentNode()));

    /// <summary>Keeps a share of the subjects, each whole.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="rate">The share to keep, above 0 and at most 1.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<TokenizedRows>, TMat> Sample<TMat>(this Source<Batch<TokenizedRows>, TMat> source, string subject, double rate) =>
        source.Via(new DirectStep<TokenizedRows, TokenizedRows>(new SampleOperator(subject, rate)));

    /// <summary>Appends a row operator: one of <see cref="Operators.MapRows.Map"/>, or one's own.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="rowOperator">The operator; its plan declares its stability.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<TokenizedRows>, TMat> Map<TMat>(this Source<Batch<TokenizedRows>, TMat> source, RowOperator rowOperator) =>
        source.Via(new DirectStep<TokenizedRows, TokenizedRows>(rowOperator));

    /// <summary>Lets each event of a subject pass once.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="id">The field with the event's id.</param>
    /// <param name="horizon">How far apart in event time two rows of one event may be: 0 to 366 days.</param>
    /// <param name="maxIds">How many ids are remembered at most. Default: 1,000,000.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<TokenizedRows>, TMat> Dedup<TMat>(
        this Source<Batch<TokenizedRows>, TMat> source, string subject, string id, TimeSpan horizon, int maxIds = DedupOperator.DefaultMaxIds) =>
        source.Map(new DedupOperator(subject, id, horizon) { MaxIds = maxIds });

    /// <summary>Limits what each subject contributes.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="bound">Subject, group-by fields and bounds.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<BoundedRows>, TMat> Bound<TMat>(this Source<Batch<TokenizedRows>, TMat> source, Bound bound) =>
        source.Via(new DirectStep<TokenizedRows, BoundedRows>(bound));

    /// <summary>Cuts event time into windows of one size, aligned to the Unix epoch in UTC.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="size">1 second or more; divides the accounting period.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<WindowedRows>, TMat> TumblingWindow<TMat>(this Source<Batch<BoundedRows>, TMat> source, TimeSpan size) =>
        source.Via(new DirectStep<BoundedRows, WindowedRows>(new TumblingWindowNode(size)));

    /// <summary>Cuts event time into overlapping windows of one size: a new one starts every slide. Each window is charged.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="size">At most the accounting period.</param>
    /// <param name="slide">1 second or more; divides the size and the accounting period.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<WindowedRows>, TMat> SlidingWindow<TMat>(this Source<Batch<BoundedRows>, TMat> source, TimeSpan size, TimeSpan slide) =>
        source.Via(new DirectStep<BoundedRows, WindowedRows>(new SlidingWindowNode(size, slide)));

    /// <summary>Counts rows by group, each subject's up to its bound.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="name">The query's name.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<AggregatedWindows>, TMat> Count<TMat>(this Source<Batch<WindowedRows>, TMat> source, string name) =>
        source.Via(new DirectStep<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Count)));

    /// <summary>Sums a measure by group, each subject's part clamped.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="name">The query's name.</param>
    /// <param name="field">The measure.</param>
    /// <param name="upper">The largest sum of a subject in a group and window; at least 0.</param>
    /// <param name="lower">The smallest one; at most 0. Default: 0.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<AggregatedWindows>, TMat> Sum<TMat>(this Source<Batch<WindowedRows>, TMat> source, string name, string field, decimal upper, decimal lower = 0) =>
        source.Via(new DirectStep<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Sum) { Field = field, Lower = lower, Upper = upper }));

    /// <summary>Counts subjects by group.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="name">The query's name.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<AggregatedWindows>, TMat> DistinctSubjects<TMat>(this Source<Batch<WindowedRows>, TMat> source, string name) =>
        source.Via(new DirectStep<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.DistinctSubjects)));

    /// <summary>Drops groups with unknown keys that too few subjects are in.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="epsilon">What one selection costs.</param>
    /// <param name="delta">Probability with which a subject may be revealed.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<AggregatedWindows>, TMat> SelectKeys<TMat>(this Source<Batch<AggregatedWindows>, TMat> source, double epsilon, double delta) =>
        source.Via(new DirectStep<AggregatedWindows, AggregatedWindows>(new SelectKeys(epsilon, delta)));

    /// <summary>Adds exact discrete Laplace noise, drawn in the transaction that charges and stores; a sink of <see cref="ReleaseSinks"/> follows.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<ReleasedValues>, TMat> LaplaceNoise<TMat>(this Source<Batch<AggregatedWindows>, TMat> source, double epsilon) =>
        source.Via(new DirectStep<AggregatedWindows, ReleasedValues>(new LaplaceNoise(epsilon)));

    /// <summary>Drops groups with unknown keys that too few subjects are in.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="selection">How they are selected.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<AggregatedWindows>, TMat> SelectKeys<TMat>(this Source<Batch<AggregatedWindows>, TMat> source, SelectKeys selection) =>
        source.Via(new DirectStep<AggregatedWindows, AggregatedWindows>(selection));

    /// <summary>Adds exact discrete Gaussian noise, drawn in the transaction that charges and stores; a sink of <see cref="ReleaseSinks"/> follows.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="rho">What one release costs a subject that is in it.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<ReleasedValues>, TMat> GaussianNoise<TMat>(this Source<Batch<AggregatedWindows>, TMat> source, double rho) =>
        source.Via(new DirectStep<AggregatedWindows, ReleasedValues>(new GaussianNoise(rho)));

    /// <summary>Adds exact discrete Gaussian noise, drawn in the transaction that charges and stores; a sink of <see cref="ReleaseSinks"/> follows.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <param name="delta">The probability with which it may cost more.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<ReleasedValues>, TMat> GaussianNoise<TMat>(this Source<Batch<AggregatedWindows>, TMat> source, double epsilon, double delta) =>
        source.Via(new DirectStep<AggregatedWindows, ReleasedValues>(new GaussianNoise(epsilon, delta)));

    /// <summary>Appends a flow of the product's own, with any of its stages.</summary>
    /// <typeparam name="TFrom">The state of the stream.</typeparam>
    /// <typeparam name="TTo">The state behind the flow.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <typeparam name="TMat2">Not used: the run is materialised at the end.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="steps">The flow.</param>
    /// <returns>What flows on.</returns>
    public static Source<Batch<TTo>, TMat> Via<TFrom, TTo, TMat, TMat2>(this Source<Batch<TFrom>, TMat> source, Engine.Graphs.Flow<TFrom, TTo, TMat2> steps)
        where TFrom : IStreamState
        where TTo : IStreamState => source.Via(DirectSteps.Of<TFrom, TTo>(steps.Nodes));

    /// <summary>Hangs a query of its own on the stream, whose releases go to its own sink.</summary>
    /// <typeparam name="TState">The state of the stream.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <typeparam name="TMat2">Not used: the run is materialised at the end.</typeparam>
    /// <param name="source">What flows in.</param>
    /// <param name="sink">A flow of the product's own that ends in a sink.</param>
    /// <returns>What flows on: the same.</returns>
    public static Source<Batch<TState>, TMat> AlsoTo<TState, TMat, TMat2>(this Source<Batch<TState>, TMat> source, Engine.Graphs.Sink<TState, TMat2> sink)
        where TState : IStreamState => source.Via(new DirectStep<TState, TState>(new BranchNode(sink.Nodes)));
}
