using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>Splits a stream of batches; controls go every way.</summary>
/// <remarks><b>Emits</b> a batch's parts as their ways demand them. <b>Backpressures</b> while any part waits.
/// <b>Completes</b> when upstream did and no part waits. <b>Cancels</b> when any way does.</remarks>
internal sealed class SplitStage(int ways, Func<Split> split, string name) : GraphStage<UniformFanOutShape<Signal<EventBatch>, Signal<EventBatch>>>
{
    public override UniformFanOutShape<Signal<EventBatch>, Signal<EventBatch>> Shape { get; } =
        new(new Inlet<Signal<EventBatch>>($"{name}.in"), [.. Enumerable.Range(0, ways).Select(way => new Outlet<Signal<EventBatch>>($"{name}.out{way}"))]);

    protected override Attributes InitialAttributes => Attributes.CreateName(name);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, split());

    private sealed class Logic : GraphStageLogic
    {
        private readonly UniformFanOutShape<Signal<EventBatch>, Signal<EventBatch>> _shape;
        private readonly Split _split;
        private readonly Queue<Signal<EventBatch>>[] _waiting;
        private bool _finished;

        public Logic(SplitStage stage, Split split)
            : base(stage.Shape)
        {
            _shape = stage.Shape;
            _split = split;
            _waiting = [.. _shape.Outs.Select(_ => new Queue<Signal<EventBatch>>())];
            SetHandler(_shape.In, OnPush, OnFinish, FailStage);
            for (var way = 0; way < _waiting.Length; way++)
            {
                var index = way;
                SetHandler(_shape.Out(way), () => Offer(index), Cancel);
            }
        }

        public override void PostStop()
        {
            foreach (var signal in _waiting.SelectMany(queue => queue))
            {
                signal.Release();
            }
        }

        private void OnPush()
        {
            var signal = Grab(_shape.In);
            if (signal.Control is null)
            {
                _split(signal.Element!, (way, part) => _waiting[way].Enqueue(Signal<EventBatch>.Of(part)));
            }
            else
            {
                Array.ForEach(_waiting, queue => queue.Enqueue(signal));
            }

            for (var way = 0; way < _waiting.Length; way++)
            {
                Offer(way);
            }
        }

        private void OnFinish()
        {
            _finished = true;
            CompleteOrPull();
        }

        private void Offer(int way)
        {
            if (_waiting[way].Count > 0 && IsAvailable(_shape.Out(way)))
            {
                Push(_shape.Out(way), _waiting[way].Dequeue());
            }

            CompleteOrPull();
        }

        // Demand of any way is enough: which way a batch goes is not known before it is here.
        private void CompleteOrPull()
        {
            if (Array.Exists(_waiting, queue => queue.Count > 0))
            {
                return;
            }

            if (_finished)
            {
                CompleteStage();
            }
            else if (!HasBeenPulled(_shape.In) && _shape.Outs.Any(outlet => IsAvailable(outlet)))
            {
                Pull(_shape.In);
            }
        }

        private void Cancel(Exception cause) => CancelStage(cause);
    }
}
