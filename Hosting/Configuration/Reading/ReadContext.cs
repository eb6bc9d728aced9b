using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <summary>What the readers of one configuration share: mistakes, and a list of every option that was asked for.</summary>
internal sealed class ReadContext
{
    private readonly List<ConfigurationError> _errors = [];
    private readonly Dictionary<string, (HoconOrigin Origin, string Key)> _places = [];
    private readonly Dictionary<string, HoconOrigin> _keys = [];

    /// <summary>All mistakes so far, in order of file, line and column, each once.</summary>
    public IReadOnlyList<ConfigurationError> Errors =>
        [.. _errors.Distinct().OrderBy(e => e.Origin.Source, StringComparer.Ordinal).ThenBy(e => e.Origin.Line).ThenBy(e => e.Origin.Column)];

    /// <summary>Every option that a reader asked for.</summary>
    public List<KnownOption> Known { get; } = [];

    /// <summary>Notes a mistake.</summary>
    /// <param name="origin">Where.</param>
    /// <param name="key">The key's full path, or empty.</param>
    /// <param name="message">What was found and what is allowed.</param>
    public void Add(HoconOrigin origin, string key, string message) => _errors.Add(new ConfigurationError(origin, key, message));

    /// <summary>The text that a graph node carries as its origin; a planner's error finds its way back by it.</summary>
    /// <param name="origin">Where the node was written.</param>
    /// <param name="key">Its key.</param>
    /// <returns><c>file:line: key</c>.</returns>
    public string Place(HoconOrigin origin, string key)
    {
        var text = origin.Line == 0 ? $"{origin.Source}: {key}" : $"{origin.Source}:{origin.Line}: {key}";
        _places[text] = (origin, key);
        _keys[key] = origin;
        return text;
    }

    /// <summary>Finds a key that <see cref="Place"/> was called for.</summary>
    /// <param name="key">The key's full path.</param>
    /// <param name="origin">Where it was.</param>
    /// <returns>False when there was no such call.</returns>
    public bool TryFindKey(string key, out HoconOrigin origin) => _keys.TryGetValue(key, out origin);

    /// <summary>Finds what <see cref="Place"/> made.</summary>
    /// <param name="place">The text.</param>
    /// <param name="found">Where it was.</param>
    /// <returns>False when it is no such text.</returns>
    public bool TryFindPlace(string place, out (HoconOrigin Origin, string Key) found) => _places.TryGetValue(place, out found);
}

/// <summary>An option as its reader declares it.</summary>
/// <param name="Pattern">Its key, with <c>*</c> for names that the writer chooses.</param>
/// <param name="Default">The default as HOCON text; null when there is none.</param>
/// <param name="Allowed">What it may be.</param>
internal sealed record KnownOption(string Pattern, string? Default, string Allowed);
