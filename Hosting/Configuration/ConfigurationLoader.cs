using System.Text;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration;

/// <summary>What a command line sets above a file.</summary>
internal sealed record ConfigurationRequest
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Settings, each <c>KEY=VALUE</c>; the last one wins.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Stands in for <c>pipeline.source.path</c>; null leaves it.</summary>
    public string? Input { get; init; }

    /// <summary>Stands in for <c>pipeline.store.path</c>; null leaves it.</summary>
    public string? Store { get; init; }

    /// <summary>Sets <c>pipeline.source.follow</c>; false leaves it.</summary>
    public bool Follow { get; init; }

    /// <summary>Stands in for <c>pipeline.runtime.lanes</c>; null leaves it.</summary>
    public int? Lanes { get; init; }
}

/// <summary>Reads a pipeline's configuration from a file and a command line.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Reads, resolves and checks.</summary>
    /// <param name="request">The file and what is set above it.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static PipelineConfiguration Load(ConfigurationRequest request) => Load(() => Resolve(request));

    /// <summary>Reads, resolves and checks a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What mistakes call it.</param>
    /// <param name="set">Settings, each <c>KEY=VALUE</c>; the last one wins.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static PipelineConfiguration LoadText(string text, string name, IReadOnlyList<string> set) => Load(() => Set(HoconDocument.Parse(text, name), set).Resolve());

    private static PipelineConfiguration Load(Func<HoconObject> resolve)
    {
        try
        {
            return PipelineConfiguration.Bind(resolve());
        }
        catch (HoconException exception)
        {
            throw new ConfigurationException([.. exception.Errors.Select(error => new ConfigurationError(error.Origin, string.Empty, error.Message))]);
        }
    }

    /// <summary>Reads a file that a command line names.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The unresolved document.</returns>
    /// <exception cref="HoconException">It is no readable file, or has syntax errors.</exception>
    internal static HoconDocument LoadFile(string file) => Directory.Exists(file)
        ? throw new HoconException([new HoconError(new HoconOrigin(file, 0, 0), "found a directory; allowed is the path of a readable file")])
        : HoconDocument.Load(file);

    private static HoconObject Resolve(ConfigurationRequest request)
    {
        var document = Set(LoadFile(request.File), request.Set);
        document = Override(document, "pipeline.source.path", request.Input, "--input");
        document = Override(document, "pipeline.source.follow", request.Follow ? "true" : null, "--follow");
        document = Override(document, "pipeline.store.path", request.Store, "--db");
        return Override(document, "pipeline.runtime.lanes", request.Lanes?.ToString(System.Globalization.CultureInfo.InvariantCulture), "--lanes").Resolve();
    }

    private static HoconDocument Set(HoconDocument document, IReadOnlyList<string> set) =>
        set.Aggregate(document, (above, setting) => above.WithOverride(HoconOverride.Parse(setting)));

    private static HoconDocument Override(HoconDocument document, string key, string? value, string origin) =>
        value is null ? document : document.WithOverride(key, Quote(value), origin);

    /// <summary>A text as a quoted HOCON string.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The string.</returns>
    internal static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                < ' ' => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
