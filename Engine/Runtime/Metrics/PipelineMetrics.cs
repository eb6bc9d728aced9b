using System.Diagnostics.Metrics;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.Engine.Runtime.Metrics;

/// <summary>
/// Publishes a run's counters through <see cref="System.Diagnostics.Metrics"/>, under the meter <c>AkkaPrivacy</c>. Labels
/// name the pipeline, stages, lanes and reasons; never a site, subject or key.
/// </summary>
internal sealed class PipelineMetrics : IDisposable
{
    public const string MeterName = "AkkaPrivacy";

    private readonly Meter _meter = new(MeterName);
    private readonly Func<RunState> _state;

    public PipelineMetrics(Func<RunState> state)
    {
        _state = state;
        _meter.CreateObservableCounter("akkaprivacy.stage.rows_in", () => PerStage(link => link.Metrics.RowsIn), "{row}", "Rows that a stage has taken.");
        _meter.CreateObservableCounter("akkaprivacy.stage.rows_out", () => PerStage(link => link.Metrics.RowsOut), "{row}", "Rows that a stage has passed on.");
        _meter.CreateObservableCounter("akkaprivacy.stage.batches", () => PerStage(link => link.Metrics.Batches), "{batch}", "Batches that a stage has taken.");
        _meter.CreateObservableCounter("akkaprivacy.stage.busy", BusySeconds, "s", "Time spent inside a stage.");
        _meter.CreateObservableGauge("akkaprivacy.queue.depth", QueueDepths, "{batch}", "Batches waiting in a queue between lanes.");
        _meter.CreateObservableCounter("akkaprivacy.dead_letters", DeadLetters, "{row}", "Rows that were not processed, by reason.");
        _meter.CreateObservableCounter("akkaprivacy.releases", Releases, "{release}", "Releases by outcome.");
    }

    public void Dispose() => _meter.Dispose();

    private RunState Run => _state();

    private KeyValuePair<string, object?> Pipeline => new("pipeline", Run.Plan.Settings.Name);

    private IEnumerable<Measurement<long>> PerStage(Func<IStageLink, long> read) =>
        (Run.Lanes?.Links ?? []).Select(link => new Measurement<long>(read(link), Pipeline, new("stage", link.Name), new("lane", link.Lane)));

    private IEnumerable<Measurement<double>> BusySeconds()
    {
        return (Run.Lanes?.Links ?? []).Select(link => new Measurement<double>(
            Run.Seconds(link.Metrics.BusyTicks), Pipeline, new("stage", link.Name), new("lane", link.Lane)));
    }

    private IEnumerable<Measurement<int>> QueueDepths() =>
        (Run.Lanes?.Queues ?? []).Select(queue => new Measurement<int>(queue.Depth, Pipeline, new("queue", queue.Name)));

    private IEnumerable<Measurement<long>> DeadLetters() =>
        Run.DeadLetters.Counts.Select(pair => new Measurement<long>(pair.Value, Pipeline, new("reason", pair.Key.ToString())));

    private IEnumerable<Measurement<long>> Releases()
    {
        var (released, replayed, withheld) = Run.Releases;
        yield return new Measurement<long>(released, Pipeline, new("outcome", "released"));
        yield return new Measurement<long>(replayed, Pipeline, new("outcome", "replayed"));
        yield return new Measurement<long>(withheld, Pipeline, new("outcome", "withheld"));
    }
}
