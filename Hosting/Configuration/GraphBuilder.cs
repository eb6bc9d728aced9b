using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Merge;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Continual;
using AkkaPrivacy.Operators.Noise.TopKeys;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Throttle;

namespace AkkaPrivacy.Hosting.Configuration;

/// <summary>Makes the graph that options describe. Queries of one shape share their bounded windows.</summary>
/// <param name="options">The options.</param>
/// <param name="sinks">Where releases go besides the store; none for a plan that is only shown.</param>
/// <param name="standardInput">What to read when the path is <c>-</c>; null for the process's own.</param>
internal sealed class GraphBuilder(PipelineOptions options, IReadOnlyList<IReleaseSink> sinks, Stream? standardInput = null)
{
    /// <summary>The name of <c>pipeline.source</c> among merged sources.</summary>
    public const string FirstSource = "source";

    private readonly Dictionary<string, BranchOperator> _branches = [];
    private readonly Dictionary<string, (Bound Bound, WindowNode Window)> _shapes = [];

    /// <summary>Makes the graph.</summary>
    /// <returns>The graph; not planned.</returns>
    public PipelineGraph Build()
    {
        var nodes = ImmutableArray.CreateBuilder<GraphNode>();
        nodes.Add(Source());
        nodes.Add(Parser());
        nodes.Add(new TreatmentNode { Origin = options.Map.Place });
        if (options.Sample is { } sample)
        {
            nodes.Add(new SampleOperator(options.Subject, sample.Rate) { Origin = sample.Place });
        }

        nodes.AddRange(options.Stages);
        nodes.AddRange(options.Queries.Select(query => new BranchNode(Branch(query)) { Origin = query.Places.Query }));
        nodes.Add(new IgnoreNode());
        return new PipelineGraph(nodes.ToImmutable(), options.Settings) { Supervision = options.Supervision };
    }

    private SourceNode Source()
    {
        var source = options.Source;
        var open = SourceFactory.Create(source, standardInput);
        if (options.MoreSources.Count > 0)
        {
            open = Merged.Open([(FirstSource, open), .. options.MoreSources.Select(more => (more.Name, SourceFactory.Create(more.Source, standardInput)))]);
        }

        return new SourceNode($"lines(max-line={source.MaxLineBytes})", Throttled(open), LineSchema.Instance) { Origin = source.Place, IsThrottled = options.Throttle is not null };
    }

    private Func<IEventSource> Throttled(Func<IEventSource> open) =>
        options.Throttle is { } throttle ? ThrottleExtensions.Wrap(open, throttle) : open;

    private GraphNode Parser() => options.Source.Format switch
    {
        SourceFormat.CombinedLog => new ParseCombinedLog(options.Map.Map) { Origin = options.Map.Place },
        SourceFormat.NginxJson => new ParseNginxJson(options.Map.Map) { Origin = options.Map.Place },
        SourceFormat.Csv => new ParseCsv(options.Map.Map, options.Source.Csv) { Origin = options.Map.Place },
        _ => new ParseJsonLines(options.Map.Map) { Origin = options.Map.Place },
    };

    private ImmutableArray<GraphNode> Branch(QueryOptions query)
    {
        var (bound, window) = Shape(query);
        var nodes = ImmutableArray.CreateBuilder<GraphNode>();
        if (query.Branch is { } branch)
        {
            nodes.Add(Split(branch));
        }

        if (Sessions(query) is { } sessions)
        {
            nodes.Add(sessions);
        }

        nodes.AddRange(bound, window);
        nodes.Add(Aggregate(query));
        if (query.Selection is { } selection)
        {
            nodes.Add(Selection(selection, query.Places.Selection));
        }

        nodes.Add(Noise(query.Noise, query.Places.Noise));
        nodes.AddRange(sinks.SkipLast(1).Select(sink => new BranchNode([new SinkNode(sink)])));
        nodes.Add(new SinkNode(sinks.Count == 0 ? null : sinks[^1]));
        return nodes.ToImmutable();
    }

    private static AggregateNode Aggregate(QueryOptions query) => new(query.Name, query.Aggregate.Kind)
    {
        Field = query.Aggregate.Field,
        Lower = query.Aggregate.Lower,
        Upper = query.Aggregate.Upper,
        Edges = query.Aggregate.Edges,
        Quantiles = query.Aggregate.Quantiles,
        Bins = query.Aggregate.Bins,
        Top = query.Aggregate.Top,
        RunningPeriod = query.RunningPeriod,
        Origin = query.Places.Query,
    };

    private static SelectKeys Selection(KeySelectionOptions selection, string place) =>
        new(selection.Mechanism, selection.Cost, selection.Delta)
        {
            PreThreshold = selection.PreThreshold,
            Origin = place,
        };

    private static NoiseNode Noise(NoiseOptions noise, string place) => noise switch
    {
        { Kind: NoiseKind.Laplace } => new LaplaceNoise(noise.Epsilon) { Origin = place },
        { Kind: NoiseKind.Continual, Rho: { } rho } => new ContinualNoise(rho) { Strategy = noise.Strategy, Origin = place },
        { Kind: NoiseKind.Continual } => new ContinualNoise(noise.Epsilon, noise.Delta) { Strategy = noise.Strategy, Origin = place },
        { Kind: NoiseKind.TopKeys, Rho: { } rho } => new TopKeysNoise(PrivacyMeasure.ZeroConcentrated, rho, noise.Values) { Origin = place },
        { Kind: NoiseKind.TopKeys } => new TopKeysNoise(noise.Epsilon, noise.Values) { Origin = place },
        { Rho: { } rho } => new GaussianNoise(rho) { Origin = place },
        _ => new GaussianNoise(noise.Epsilon, noise.Delta) { Origin = place },
    };

    private SessionsOperator? Sessions(QueryOptions query) => query.Sessions is not { } sessions ? null : new SessionsOperator(options.Subject, sessions.Gap, sessions.MaxLength)
    {
        First = sessions.First,
        Last = sessions.Last,
        MaxSessions = sessions.MaxSessions,
        Origin = sessions.Place,
    };

    private BranchOperator Split(string name)
    {
        if (!_branches.TryGetValue(name, out var node))
        {
            var at = options.Split.ToList().FindIndex(branch => branch.Name == name);
            var branch = options.Split[at];
            node = new BranchOperator(name, branch.Condition, [.. options.Split.Take(at).Select(earlier => earlier.Condition)]) { Origin = branch.Place };
            _branches.Add(name, node);
        }

        return node;
    }

    private (Bound Bound, WindowNode Window) Shape(QueryOptions query)
    {
        if (!_shapes.TryGetValue(query.Shape, out var shape))
        {
            var bound = new Bound
            {
                Subject = options.Subject,
                GroupBy = query.GroupBy,
                KnownKeys = query.KnownKeys,
                Bounds = query.Bounds,
                MaxGroups = query.MaxGroups,
                Origin = query.Places.Bound,
            };
            WindowNode window = query.Slide == query.Window
                ? new TumblingWindowNode(query.Window) { Origin = query.Places.Window }
                : new SlidingWindowNode(query.Window, query.Slide) { Origin = query.Places.Window };
            shape = (bound, window);
            _shapes.Add(query.Shape, shape);
        }

        return shape;
    }
}
