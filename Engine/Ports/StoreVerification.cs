namespace AkkaPrivacy.Engine.Ports;

/// <summary>What reading a whole store found.</summary>
/// <remarks>Places name a stream and version, or a table: a row's key may name a subject.</remarks>
public sealed class StoreVerification
{
    /// <summary>More damaged places than these are counted and not listed.</summary>
    public const int MostPlaces = 100;

    private readonly List<StoreDamage> _damaged = [];

    /// <summary>How many events were read.</summary>
    public long Events { get; private set; }

    /// <summary>How many rows were read.</summary>
    public long Rows { get; private set; }

    /// <summary>How many events and rows stand under a name that the store keeps only as a hash, so that their checksum cannot
    /// be computed from here; reading them by name checks it.</summary>
    public long NotChecked { get; private set; }

    /// <summary>How many places are damaged.</summary>
    public long DamagedCount { get; private set; }

    /// <summary>The first damaged places, at most <see cref="MostPlaces"/>.</summary>
    public IReadOnlyList<StoreDamage> Damaged => _damaged;

    /// <summary>Notes an event.</summary>
    /// <param name="stream">Its stream; null when only a hash of the name is there.</param>
    /// <param name="version">Its version.</param>
    /// <param name="isSound">Whether it matches its checksum.</param>
    public void AddEvent(string? stream, long version, bool isSound)
    {
        Events++;
        Add(stream, isSound, $"event {version} of stream '{stream}'");
    }

    /// <summary>Notes a row.</summary>
    /// <param name="table">Its table; null when only a hash of the name is there.</param>
    /// <param name="isSound">Whether it matches its checksum.</param>
    public void AddRow(string? table, bool isSound)
    {
        Rows++;
        Add(table, isSound, $"a row of table '{table}'");
    }

    /// <summary>Notes damage that is not of one event or row.</summary>
    /// <param name="damage">The damage.</param>
    public void AddDamage(StoreDamage damage)
    {
        if (++DamagedCount <= MostPlaces)
        {
            _damaged.Add(damage);
        }
    }

    private void Add(string? name, bool isSound, FormattableString place)
    {
        if (name is null)
        {
            NotChecked++;
        }
        else if (!isSound)
        {
            AddDamage(new StoreDamage(FormattableString.Invariant(place), "it does not match its checksum"));
        }
    }
}

/// <summary>Something on a store that is not what was written.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Message">What is wrong with it, without values.</param>
public sealed record StoreDamage(string Place, string Message);
