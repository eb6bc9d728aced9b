using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>Where a hosted stage pushes: a queue that downstream's demand empties.</summary>
internal sealed class HostOutlet<T> : IOutlet<T>
{
    private readonly Queue<Signal<T>> _queue = new();
    private readonly List<T> _current = [];

    public bool IsEmpty => _queue.Count == 0;

    public void Push(T element) => _current.Add(element);

    public Signal<T> Take() => _queue.Dequeue();

    /// <summary>What was pushed since the last call may go; batches in which no row is left go back at once.</summary>
    public void Keep()
    {
        foreach (var element in _current)
        {
            if (element is EventBatch { SelectedCount: 0 } empty)
            {
                empty.Dispose();
            }
            else
            {
                _queue.Enqueue(Signal<T>.Of(element));
            }
        }

        _current.Clear();
    }

    public void Enqueue(Control control) => _queue.Enqueue(Signal<T>.Of(control));

    /// <summary>Takes back what was pushed since the last <see cref="Keep"/>.</summary>
    /// <param name="element">What the stage had been given.</param>
    /// <returns>Whether the element itself was among it.</returns>
    public bool Discard(object? element)
    {
        var found = false;
        foreach (var pushed in _current)
        {
            found |= ReferenceEquals(pushed, element);
            (pushed as IDisposable)?.Dispose();
        }

        _current.Clear();
        return found;
    }

    public void Clear()
    {
        Discard(null);
        while (_queue.TryDequeue(out var signal))
        {
            signal.Release();
        }
    }
}
