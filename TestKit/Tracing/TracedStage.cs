using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>A row stage that is watched; it does what the stage inside does.</summary>
/// <param name="inner">The stage.</param>
/// <param name="name">Its name in the plan.</param>
/// <param name="isParser">Whether rows have their times behind it.</param>
/// <param name="trace">Where rows are noted.</param>
internal sealed class TracedStage(Stage<EventBatch, EventBatch> inner, string name, bool isParser, RowTrace trace) : Stage<EventBatch, EventBatch>
{
    private readonly Watch _watch = new(name, trace);

    public override void Start(StageContext context)
    {
        base.Start(context);
        _watch.Time = isParser ? context.Time : null;
        inner.Start(context);
    }

    public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        trace.Note(name, isOut: false, element);
        inner.OnBatch(element, _watch.Over(outlet));
    }

    public override void OnFrontier(Frontier frontier, IOutlet<EventBatch> outlet) => inner.OnFrontier(frontier, _watch.Over(outlet));

    public override void OnIdle(IOutlet<EventBatch> outlet) => inner.OnIdle(_watch.Over(outlet));

    public override void Snapshot(SnapshotWriter writer) => inner.Snapshot(writer);

    public override void Restore(SnapshotReader reader) => inner.Restore(reader);

    public override void Complete(IOutlet<EventBatch> outlet) => inner.Complete(_watch.Over(outlet));

    public override void Fail(Exception cause) => inner.Fail(cause);

    private sealed class Watch(string name, RowTrace trace) : IOutlet<EventBatch>
    {
        private IOutlet<EventBatch>? _next;

        public TimeProvider? Time { get; set; }

        public Watch Over(IOutlet<EventBatch> next)
        {
            _next = next;
            return this;
        }

        public void Push(EventBatch element)
        {
            trace.Note(name, isOut: true, element, Time?.GetUtcNow());
            _next!.Push(element);
        }
    }
}
