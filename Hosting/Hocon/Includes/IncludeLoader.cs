using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Includes;

/// <summary>Reads a document and the files it includes; one instance per document, so that cycles are seen.</summary>
internal sealed class IncludeLoader
{
    private static readonly string[] Extensions = [".json", ".conf"];

    private readonly List<(string FullPath, string Source)> _open = [];
    private int _included;

    /// <summary>Reads and parses a file; null when it does not exist.</summary>
    public ObjectExpr? TryLoad(string path, ParseContext context, HoconOrigin wantedBy)
    {
        var fullPath = Path.GetFullPath(path);
        CheckCycle(fullPath, path, wantedBy);
        if (SourceText.TryRead(fullPath, path, wantedBy) is not { } text)
        {
            return null;
        }

        _open.Add((fullPath, path));
        var result = new Parser(text, context with { Source = path, Directory = Path.GetDirectoryName(path) ?? path }, this)
            .ParseDocument();
        _open.RemoveAt(_open.Count - 1);
        return result;
    }

    /// <summary>Loads what an include statement names, lowest priority first; nothing when an optional file is missing.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="context">The context of the included text, still with the source and folder of the including one.</param>
    public List<ObjectExpr> Load(IncludeRequest request, ParseContext context)
    {
        CheckName(request, context);
        if (++_included > HoconLimits.MaxIncludes)
        {
            throw new HoconException(request.Origin, $"found more than {HoconLimits.MaxIncludes} includes in one document; that many are allowed");
        }

        var found = Candidates(request.Name)
            .Select(name => TryLoad(Path.Combine(context.Directory ?? "", name), context, request.Origin))
            .OfType<ObjectExpr>()
            .ToList();
        return found.Count == 0 && request.Required
            ? throw new HoconException(request.Origin, $"found no file {Path.Combine(context.Directory ?? "", request.Name)}; a required include must exist")
            : found;
    }

    private static IEnumerable<string> Candidates(string name) =>
        Path.HasExtension(name) ? [name] : Extensions.Select(e => name + e);

    private static void CheckName(IncludeRequest request, ParseContext context)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Contains('\0', StringComparison.Ordinal))
        {
            throw new HoconException(request.Origin, "found an empty file name in an include; allowed is the name of a file");
        }

        if (!request.IsFile && IsUrl(request.Name))
        {
            throw new HoconException(request.Origin, "found a URL in an include; only files can be included, relative to this one or by absolute path");
        }

        if (request.Name.EndsWith(".properties", StringComparison.OrdinalIgnoreCase))
        {
            throw new HoconException(request.Origin, "found a .properties file in an include; allowed are files in HOCON or JSON");
        }

        if (context.Directory is null && !Path.IsPathFullyQualified(request.Name))
        {
            throw new HoconException(request.Origin, "found a relative include in text that is no file; allowed is an absolute path");
        }
    }

    private static bool IsUrl(string name) =>
        new[] { "http:", "https:", "file:", "ftp:", "jar:", "classpath:" }
            .Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    private void CheckCycle(string fullPath, string source, HoconOrigin wantedBy)
    {
        var first = _open.FindIndex(o => o.FullPath == fullPath);
        if (first >= 0)
        {
            var chain = string.Join(" -> ", _open.Skip(first).Select(o => o.Source).Append(source));
            throw new HoconException(wantedBy, $"found files that include each other: {chain}; allowed are includes without a cycle");
        }
    }
}
