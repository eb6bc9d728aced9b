using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>Merges streams of batches and aligns their controls: a way that has brought a control waits until all others
/// have brought it too, then it goes on once.</summary>
/// <remarks><b>Emits</b> batches as they come, in turn. <b>Backpressures</b> when downstream does.
/// <b>Completes</b> when all ways have. <b>Cancels</b> when downstream does.</remarks>
internal sealed class AlignedMerge(int ways, string name) : GraphStage<UniformFanInShape<Signal<EventBatch>, Signal<EventBatch>>>
{
    public override UniformFanInShape<Signal<EventBatch>, Signal<EventBatch>> Shape { get; } =
        new(new Outlet<Signal<EventBatch>>($"{name}.out"), [.. Enumerable.Range(0, ways).Select(way => new Inlet<Signal<EventBatch>>($"{name}.in{way}"))]);

    protected override Attributes InitialAttributes => Attributes.CreateName(name);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private readonly Inlet<Signal<EventBatch>>[] _inlets;
        private readonly Outlet<Signal<EventBatch>> _outlet;
        private readonly Queue<int> _arrived = new();
        private int _held;
        private Control? _control;
        private int _open;

        public Logic(AlignedMerge stage)
            : base(stage.Shape)
        {
            _inlets = [.. stage.Shape.Ins];
            _outlet = stage.Shape.Out;
            _open = _inlets.Length;
            for (var way = 0; way < _inlets.Length; way++)
            {
                var index = way;
                SetHandler(_inlets[way], () => OnPush(index), OnFinish, FailStage);
            }

            SetHandler(_outlet, Offer, CancelStage);
        }

        public override void PreStart() => PullAll();

        public override void PostStop()
        {
            while (_arrived.TryDequeue(out var way))
            {
                if (IsAvailable(_inlets[way]))
                {
                    Grab(_inlets[way]).Release();
                }
            }
        }

        private void OnPush(int way)
        {
            _arrived.Enqueue(way);
            Offer();
        }

        private void OnFinish()
        {
            _open--;
            if (_open == 0 && _arrived.Count == 0)
            {
                CompleteStage();
            }
        }

        private void Offer()
        {
            while (IsAvailable(_outlet) && _arrived.TryDequeue(out var way))
            {
                var signal = Grab(_inlets[way]);
                if (signal.Control is null)
                {
                    Push(_outlet, signal);
                    TryPull(_inlets[way]);
                }
                else
                {
                    Hold(signal.Control);
                }
            }

            if (_open == 0 && _arrived.Count == 0)
            {
                CompleteStage();
            }
        }

        // The reader sends a control after the other, so that all ways bring them in the same order.
        private void Hold(Control control)
        {
            if (_control is not null && !ReferenceEquals(_control, control))
            {
                throw new InvalidOperationException("Two controls are on their way at once.");
            }

            _control = control;
            if (++_held == _inlets.Length)
            {
                (_held, _control) = (0, null);
                Push(_outlet, Signal<EventBatch>.Of(control));
                PullAll();
            }
        }

        private void PullAll()
        {
            foreach (var inlet in _inlets)
            {
                TryPull(inlet);
            }
        }
    }
}
