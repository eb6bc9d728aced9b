using Microsoft.Extensions.Configuration;

namespace AkkaPrivacy.Hosting.Hocon.Configuration;

/// <summary>A HOCON file, with overrides, as a source for Microsoft.Extensions.Configuration.</summary>
public sealed class HoconConfigurationSource : IConfigurationSource
{
    /// <summary>The file. A relative path starts at the working directory. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Whether a missing file is taken as an empty one. Default: false. Included files follow their own <c>required()</c>.</summary>
    public bool Optional { get; init; }

    /// <summary>Settings applied above the file, the last one wins. Default: none.</summary>
    public IReadOnlyList<HoconOverride> Overrides { get; init; } = [];

    /// <summary>Defaults below the file. Default: none.</summary>
    public HoconDocument? Fallback { get; init; }

    /// <summary>Looks up names that the configuration does not set. Default: null, the process's environment variables.</summary>
    public Func<string, string?>? EnvironmentLookup { get; init; }

    /// <summary>Creates the provider; the file is read when the configuration is built.</summary>
    /// <param name="builder">Not used: the source needs nothing from it.</param>
    /// <returns>The provider.</returns>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(this);
}
