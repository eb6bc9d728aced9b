using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <summary>One object of a configuration while its options are read. Reading goes on after a mistake, so that all of them
/// are reported at once.</summary>
internal sealed partial class Section
{
    private readonly HoconObject? _object;
    private readonly List<string> _known = [];

    private Section(ReadContext context, HoconObject? value, string path, string pattern, HoconOrigin origin)
    {
        Context = context;
        _object = value;
        Path = path;
        Pattern = pattern;
        Origin = value?.Origin ?? origin;
    }

    /// <summary>What the readers share.</summary>
    public ReadContext Context { get; }

    /// <summary>The section's full key; empty for the root.</summary>
    public string Path { get; }

    /// <summary>The key with <c>*</c> for names that the writer chooses.</summary>
    public string Pattern { get; }

    /// <summary>Where the section begins, or the section around it when it is absent.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>Whether the section was written.</summary>
    public bool IsPresent => _object is not null;

    /// <summary>The section's own name: the last part of its key.</summary>
    public string Name { get; private init; } = string.Empty;

    /// <summary>The text that graph nodes made from this section carry.</summary>
    public string Place => Context.Place(Origin, Path);

    /// <summary>The root of a configuration.</summary>
    /// <param name="context">What the readers share.</param>
    /// <param name="root">The resolved tree.</param>
    /// <returns>The section.</returns>
    public static Section Root(ReadContext context, HoconObject root) => new(context, root, string.Empty, string.Empty, root.Origin);

    /// <summary>A section inside this one. A missing one reads as if it were empty.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The section.</returns>
    public Section Child(string key)
    {
        _known.Add(key);
        return Open(key, Value(key), Join(Pattern, key));
    }

    /// <summary>The sections inside an object whose keys the writer chooses.</summary>
    /// <param name="key">The object's key.</param>
    /// <returns>One section a name, in order.</returns>
    public IReadOnlyList<Section> Children(string key)
    {
        var parent = Child(key);
        return [.. (parent._object?.Keys ?? []).Select(name => parent.Open(name, parent.Value(name), $"{parent.Pattern}.*"))];
    }

    /// <summary>Whether a key was written with a value other than null.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when it was.</returns>
    public bool Has(string key) => Value(key) is not null;

    /// <summary>Whether a key was written as an object.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when it was.</returns>
    public bool IsObject(string key) => Value(key) is HoconObject;

    /// <summary>Where a key was written, or the section when it was not.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The place.</returns>
    public HoconOrigin OriginOf(string key) => Value(key)?.Origin ?? Origin;

    /// <summary>The full path of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The path.</returns>
    public string PathOf(string key) => Join(Path, Quote(key));

    /// <summary>Notes a mistake in the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="message">What was found and what is allowed.</param>
    public void Error(string key, string message) => Context.Add(OriginOf(key), PathOf(key), message);

    /// <summary>Notes a mistake in the section as a whole.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public void Error(string message) => Context.Add(Origin, Path, message);

    /// <summary>Reports keys that no reader asked for. Called once, when all options of the section were read.</summary>
    /// <param name="hint">Added to each such report; default none.</param>
    public void Done(string hint = "")
    {
        foreach (var key in (_object?.Keys ?? []).Except(_known))
        {
            var near = Suggestion.For(key, _known);
            Error(key, $"unknown key{(near.Length > 0 ? near : $"; allowed here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}")}{hint}");
        }
    }

    private Section Open(string key, HoconValue? value, string pattern)
    {
        if (value is not (null or HoconObject))
        {
            Error(key, $"found {Describe(value)}; allowed is an object {{ ... }}");
        }

        return new Section(Context, value as HoconObject, PathOf(key), pattern, OriginOf(key)) { Name = key };
    }

    private HoconValue? Value(string key) =>
        _object is not null && _object.TryGetValue(key, out var value) && value is not HoconScalar { IsNull: true } ? value : null;

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Quote(string key) =>
        key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && key.Length > 0 ? key : $"\"{key}\"";

    private static string Describe(HoconValue value) => value switch
    {
        HoconScalar { Text: var text } => $"'{(text.Length <= 60 ? text : text[..60] + "...")}'",
        HoconArray => "a list",
        _ => "an object",
    };
}
