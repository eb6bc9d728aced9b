namespace AkkaPrivacy.Engine.Ports;

/// <summary>What a <see cref="MemoryStore"/> holds.</summary>
internal sealed class MemoryTables
{
    private static readonly IComparer<string> Utf8Order = Comparer<string>.Create(StoreNames.CompareUtf8);
    private readonly Dictionary<string, List<StoredEvent>> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<string, byte[]>> _rows = new(StringComparer.Ordinal);

    public Dictionary<string, long> Epochs { get; } = new(StringComparer.Ordinal);

    public List<StoredEvent> Stream(string name) => Existing(_streams, name, static () => []);

    public SortedList<string, byte[]> Rows(string table) => Existing(_rows, table, static () => new SortedList<string, byte[]>(Utf8Order));

    public void Clear()
    {
        _streams.Clear();
        _rows.Clear();
        Epochs.Clear();
    }

    private static T Existing<T>(Dictionary<string, T> all, string name, Func<T> create)
    {
        if (!all.TryGetValue(name, out var found))
        {
            all[name] = found = create();
        }

        return found;
    }
}
