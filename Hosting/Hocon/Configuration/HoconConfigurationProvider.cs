using Microsoft.Extensions.Configuration;

namespace AkkaPrivacy.Hosting.Hocon.Configuration;

/// <summary>Serves a resolved HOCON document as flat keys.</summary>
/// <param name="source">The file and what goes above and below it.</param>
public sealed class HoconConfigurationProvider(HoconConfigurationSource source) : ConfigurationProvider
{
    /// <summary>Reads, resolves and flattens the file.</summary>
    /// <exception cref="HoconException">The file is missing and not optional, or cannot be read, resolved or flattened.</exception>
    public override void Load()
    {
        var document = source.Optional
            ? HoconDocument.TryLoad(source.Path) ?? HoconDocument.Empty
            : HoconDocument.Load(source.Path);
        document = source.Fallback is { } fallback ? document.WithFallback(fallback) : document;
        document = source.Overrides.Aggregate(document, (d, o) => d.WithOverride(o));
        Data = HoconFlattening.Flatten(document.Resolve(source.EnvironmentLookup));
    }
}
