using AkkaPrivacy.Hosting.Hocon.Includes;
using AkkaPrivacy.Hosting.Hocon.Resolution;
using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>A parsed HOCON document whose substitutions are not resolved; immutable.</summary>
/// <remarks>
/// Build the whole configuration first (the file, fallbacks below it, overrides above it), then call
/// <see cref="Resolve"/>: a substitution sees the final value of its path, wherever that was set.
/// </remarks>
public sealed class HoconDocument
{
    private readonly ObjectExpr _root;

    private HoconDocument(ObjectExpr root) => _root = root;

    /// <summary>A document without any key, to put overrides and fallbacks on.</summary>
    public static HoconDocument Empty { get; } = new(new ObjectExpr(new HoconOrigin("empty document", 0, 0)));

    /// <summary>Reads a file in UTF-8 and the files it includes.</summary>
    /// <param name="path">The file; a relative path starts at the working directory, an include at the folder of the including file.</param>
    /// <returns>The unresolved document.</returns>
    /// <exception cref="HoconException">The file is missing, unreadable, no text, over 16 MiB, or has a syntax error; or an included one.</exception>
    public static HoconDocument Load(string path) =>
        TryLoad(path) ?? throw new HoconException(new HoconOrigin(path, 0, 0), "found no such file; allowed is the path of a readable file");

    /// <summary>Reads a file like <see cref="Load"/>, if it exists.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The unresolved document, or null when there is no such file.</returns>
    /// <exception cref="HoconException">As for <see cref="Load"/>, except for a missing file.</exception>
    public static HoconDocument? TryLoad(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var origin = new HoconOrigin(path, 0, 0);
        return new IncludeLoader().TryLoad(path, ParseContext.ForText(path), origin) is { } root ? new HoconDocument(root) : null;
    }

    /// <summary>Parses text. It can include files by absolute path only.</summary>
    /// <param name="text">HOCON with an object at its root.</param>
    /// <param name="sourceName">The name that origins and errors carry.</param>
    /// <returns>The unresolved document.</returns>
    /// <exception cref="HoconException">The text has a syntax error or is over 16 Mi characters.</exception>
    public static HoconDocument Parse(string text, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        SourceText.Check(text, sourceName);
        return new HoconDocument(new Parser(text, ParseContext.ForText(sourceName), new IncludeLoader()).ParseDocument());
    }

    /// <summary>Sets one key above everything in this document; substitutions see the new value.</summary>
    /// <param name="keyPath">A path expression, such as <c>a.b</c> or <c>a."b.c"</c>.</param>
    /// <param name="hoconValueText">The value in HOCON: a scalar, array, object or substitution. An object merges with what is there.</param>
    /// <param name="originName">The name that origins and errors carry, such as <c>--set a.b</c>; line and column count within the text.</param>
    /// <returns>A new document.</returns>
    /// <exception cref="HoconException">The path or the value has a syntax error.</exception>
    public HoconDocument WithOverride(string keyPath, string hoconValueText, string originName)
    {
        ArgumentNullException.ThrowIfNull(keyPath);
        ArgumentNullException.ThrowIfNull(hoconValueText);
        ArgumentNullException.ThrowIfNull(originName);
        SourceText.Check(keyPath, originName);
        SourceText.Check(hoconValueText, originName);
        var loader = new IncludeLoader();
        var path = new Parser(keyPath, ParseContext.ForText(originName), loader).ParseSinglePath();
        var context = ParseContext.ForText(originName) with { Path = path, Depth = path.Elements.Length - 1 };
        var value = new Parser(hoconValueText, context, loader).ParseSingleValue();
        var over = new ObjectExpr(value.Origin);
        over.SlotOf(path, value.Origin).Add(value);
        return Layer(_root, over);
    }

    /// <summary>Sets one key like <see cref="WithOverride(string, string, string)"/>.</summary>
    /// <param name="setting">The key, its value and the name of its origin.</param>
    /// <returns>A new document.</returns>
    /// <exception cref="HoconException">The path or the value has a syntax error.</exception>
    public HoconDocument WithOverride(HoconOverride setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return WithOverride(setting.KeyPath, setting.ValueText, setting.OriginName);
    }

    /// <summary>Lays this document over defaults: objects merge, any other value here hides the one there.</summary>
    /// <param name="other">The defaults.</param>
    /// <returns>A new document.</returns>
    public HoconDocument WithFallback(HoconDocument other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Layer(other._root, _root);
    }

    /// <summary>Resolves every substitution that the final values need.</summary>
    /// <param name="environment">Looks up a name that the document does not set; null means the process's environment variables.</param>
    /// <returns>The root of the finished tree.</returns>
    /// <exception cref="HoconException">Substitutions are undefined or cyclic, or values of different types are joined; all such errors are listed.</exception>
    public HoconObject Resolve(Func<string, string?>? environment = null) =>
        TreeBuilder.Build(_root, environment ?? Environment.GetEnvironmentVariable);

    private static HoconDocument Layer(ObjectExpr under, ObjectExpr over)
    {
        var root = under.Clone();
        root.Merge(over.Clone());
        return new HoconDocument(root);
    }
}
