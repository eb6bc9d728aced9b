using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>The newest releases of an account, by their place in the journal.</summary>
/// <param name="capacity">How many; 0 keeps none.</param>
internal sealed class ReleaseCache(int capacity)
{
    private readonly Dictionary<long, Release> _releases = [];
    private readonly Queue<long> _order = new();

    public void Add(long sequence, Release release)
    {
        if (capacity == 0)
        {
            return;
        }

        _releases[sequence] = release;
        _order.Enqueue(sequence);
        if (_order.Count > capacity)
        {
            _releases.Remove(_order.Dequeue());
        }
    }

    public Release? Find(long sequence) => _releases.GetValueOrDefault(sequence);
}
