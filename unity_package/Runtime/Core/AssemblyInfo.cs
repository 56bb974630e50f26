using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Skaldcast.Core.Tests")]
